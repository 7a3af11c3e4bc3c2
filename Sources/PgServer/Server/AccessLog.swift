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
        var requestID: [UInt8]
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

    mutating func add(_ entry: Entry) {
        lines += "{\"time\":\"".utf8
        RFC3339.append(milliseconds: entry.milliseconds, to: &lines)
        append("\",\"level\":\"", entry.status >= 500 ? "error" : "info")
        lines += "\",\"message\":\"".utf8
        lines += (entry.frameCount == nil ? "request" : "stream").utf8
        lines += "\",\"method\":\"".utf8
        entry.method.withUTF8Buffer { lines.append(contentsOf: $0) }
        lines += "\",\"route\":".utf8
        JSONWriter.appendQuoted(entry.route, to: &lines)
        lines += ",\"path\":".utf8
        JSONWriter.appendQuoted(entry.path.span, to: &lines)
        append(",\"status\":", String(entry.status))
        append(",\"bytes\":", String(entry.byteCount))
        append(",\"duration_ms\":", Self.milliseconds(entry.microseconds))
        if let frameCount = entry.frameCount { append(",\"frames\":", String(frameCount)) }
        lines += ",\"request_id\":".utf8
        JSONWriter.appendQuoted(entry.requestID.span, to: &lines)
        append(",\"address\":\"", entry.address)
        lines.append(UInt8(ascii: "\""))
        if !entry.tenantID.isEmpty { append(",\"tenant_id\":\"", entry.tenantID, "\"") }
        if !entry.userID.isEmpty { append(",\"user_id\":\"", entry.userID, "\"") }
        if !entry.traceparent.isEmpty {
            lines += ",\"traceparent\":".utf8
            JSONWriter.appendQuoted(entry.traceparent.span, to: &lines)
        }
        if !entry.error.isEmpty {
            lines += ",\"error\":".utf8
            JSONWriter.appendQuoted(entry.error, to: &lines)
        }
        lines += "}\n".utf8
        lineCount += 1
        if lines.count >= Self.chunkByteCount { handOver() }
    }

    /// Tells why a request failed on our side: PostgreSQL's words, which are for the log alone.
    mutating func addFailure(_ requestID: RequestID, _ sentence: String, milliseconds: Int64) {
        guard writer != nil else { return }
        lines += "{\"time\":\"".utf8
        RFC3339.append(milliseconds: milliseconds, to: &lines)
        lines += "\",\"level\":\"error\",\"message\":".utf8
        JSONWriter.appendQuoted(sentence, to: &lines)
        lines += ",\"request_id\":\"".utf8
        requestID.appendUUID(to: &lines)
        lines += "\"}\n".utf8
        lineCount += 1
    }

    mutating func handOver() {
        guard lineCount > 0, let writer else { return }
        writer.write(lines, lineCount: lineCount)
        lines.removeAll(keepingCapacity: true)
        lineCount = 0
    }

    private mutating func append(_ parts: String...) {
        for part in parts { lines += part.utf8 }
    }

    /// Microseconds as milliseconds with three decimals.
    private static func milliseconds(_ microseconds: Int64) -> String {
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
