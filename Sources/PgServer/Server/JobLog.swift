/// One JSON line for each job that failed for good, handed to the ``LogWriter`` in chunks. What SQL knows of the failure
/// stands with the job; the arguments may hold secrets and are never told.
struct JobLog {
    private let writer: LogWriter?
    private var lines: [UInt8] = []
    private var lineCount = 0

    /// - Parameter writer: nil turns the log off.
    init(writer: LogWriter?) { self.writer = writer }

    mutating func add(_ job: Job, _ outcome: JobOutcome, milliseconds: Int64) {
        guard writer != nil else { return }
        lines += "{\"time\":\"".utf8
        RFC3339.append(milliseconds: milliseconds, to: &lines)
        lines += "\",\"level\":\"error\",\"message\":\"job\",\"job_id\":".utf8
        JSONWriter.appendQuoted(job.id, to: &lines)
        lines += ",\"kind\":".utf8
        JSONWriter.appendQuoted(job.kind, to: &lines)
        lines += ",\"attempt\":".utf8
        lines.append(decimal: job.attempt)
        lines += ",\"outcome\":\"\(outcome.rawValue)\"".utf8
        if !job.tenantID.isEmpty {
            lines += ",\"tenant_id\":".utf8
            JSONWriter.appendQuoted(job.tenantID, to: &lines)
        }
        lines += "}\n".utf8
        lineCount += 1
        if lines.count >= AccessLog.chunkByteCount { handOver() }
    }

    mutating func handOver() {
        guard lineCount > 0, let writer else { return }
        writer.write(lines, lineCount: lineCount)
        lines.removeAll(keepingCapacity: true)
        lineCount = 0
    }
}
