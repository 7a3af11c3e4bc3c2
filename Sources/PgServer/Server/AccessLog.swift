/// One JSON line for each request, collected by a reactor and handed to the ``LogWriter`` in chunks.
///
/// A line tells the route's pattern and the path, never the query, a header or a body: those may hold secrets.
struct AccessLog {
    /// What a line tells.
    struct Entry {
        var milliseconds: Int64
        var method: StaticString
        var route: String
        var path: [UInt8]
        var status: Int
        var byteCount: Int
        var microseconds: Int64
        var requestID: RequestID
        var address: String
        var tenantID: String
        var userID: String
        var traceparent: [UInt8]
        var error: String
        /// Events sent, if the line tells the end of a stream.
        var frameCount: Int?
    }

    /// A chunk is handed over when it has this many bytes, or at the next tick.
    static let chunkByteCount = 32 * 1024

    private let writer: LogWriter?
    private let sampleFraction: Double
    private var sampleDebt = 0.0
    private var lines: [UInt8] = []
    private var lineCount = 0
    private var time: (milliseconds: Int64, text: [UInt8]) = (.min, [])

    /// - Parameters:
    ///   - writer: nil turns the log off.
    ///   - sampleFraction: of the requests, from 0 to 1; what failed on our side (5xx) is always told.
    init(writer: LogWriter?, sampleFraction: Double) {
        self.writer = writer
        self.sampleFraction = sampleFraction
    }

    var isOn: Bool { writer != nil }

    /// Whether the next request shall have a line. Spreads the sample evenly instead of by chance.
    mutating func shouldTell(status: Int) -> Bool {
        guard writer != nil else { return false }
        if status >= 500 || sampleFraction >= 1 { return true }
        sampleDebt += sampleFraction
        guard sampleDebt >= 1 else { return false }
        sampleDebt -= 1
        return true
    }

    mutating func add(_ entry: borrowing Entry) {
        appendTime(entry.milliseconds)
        lines.append(entry.status >= 500 ? "\",\"level\":\"error" : "\",\"level\":\"info")
        lines.append(entry.frameCount == nil ? "\",\"message\":\"request" : "\",\"message\":\"stream")
        lines.append("\",\"method\":\"")
        lines.append(entry.method)
        lines.append("\",\"route\":")
        JSONWriter.appendQuoted(entry.route, to: &lines)
        lines.append(",\"path\":")
        JSONWriter.appendQuoted(entry.path.span, to: &lines)
        lines.append(",\"status\":")
        lines.append(decimal: entry.status)
        lines.append(",\"bytes\":")
        lines.append(decimal: entry.byteCount)
        lines.append(",\"duration_ms\":")
        lines.append(decimal: Int(entry.microseconds / 1000))
        lines.append(".")
        lines.append(decimal: Int(entry.microseconds % 1000), digitCount: 3)
        if let frameCount = entry.frameCount {
            lines.append(",\"frames\":")
            lines.append(decimal: frameCount)
        }
        lines.append(",\"request_id\":\"")
        entry.requestID.appendUUID(to: &lines)
        append("\",\"address\":\"", entry.address)
        if !entry.tenantID.isEmpty { append("\",\"tenant_id\":\"", entry.tenantID) }
        if !entry.userID.isEmpty { append("\",\"user_id\":\"", entry.userID) }
        lines.append("\"")
        if !entry.traceparent.isEmpty {
            lines.append(",\"traceparent\":")
            JSONWriter.appendQuoted(entry.traceparent.span, to: &lines)
        }
        if !entry.error.isEmpty {
            lines.append(",\"error\":")
            JSONWriter.appendQuoted(entry.error, to: &lines)
        }
        lines.append("}\n")
        lineCount += 1
        if lines.count >= Self.chunkByteCount { handOver() }
    }

    /// Tells why a request failed on our side: PostgreSQL's words, which are for the log alone.
    mutating func addFailure(_ requestID: RequestID, _ sentence: String, milliseconds: Int64) {
        guard writer != nil else { return }
        appendTime(milliseconds)
        lines.append("\",\"level\":\"error\",\"message\":")
        JSONWriter.appendQuoted(sentence, to: &lines)
        lines.append(",\"request_id\":\"")
        requestID.appendUUID(to: &lines)
        lines.append("\"}\n")
        lineCount += 1
    }

    mutating func handOver() {
        guard lineCount > 0, let writer else { return }
        writer.write(lines, lineCount: lineCount)
        lines.removeAll(keepingCapacity: true)
        lineCount = 0
    }

    /// Begins a line. All requests of a turn of the loop have the same time.
    private mutating func appendTime(_ milliseconds: Int64) {
        if time.milliseconds != milliseconds {
            time.milliseconds = milliseconds
            time.text.removeAll(keepingCapacity: true)
            RFC3339.append(milliseconds: milliseconds, to: &time.text)
        }
        lines.append("{\"time\":\"")
        lines.append(contentsOf: time.text)
    }

    private mutating func append(_ name: StaticString, _ value: String) {
        lines.append(name)
        lines.append(contentsOf: value.utf8)
    }
}
