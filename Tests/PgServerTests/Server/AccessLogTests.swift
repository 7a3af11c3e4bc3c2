import Foundation
import Glibc
import Testing

@testable import PgServer

/// The reading end of a pipe that a ``LogWriter`` writes to.
private final class Reader {
    let writingEnd: Int32
    private let readingEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe", number: errno) }
        (readingEnd, writingEnd) = (ends[0], ends[1])
    }

    deinit { close(readingEnd) }

    /// Waits for that many lines.
    func lines(_ count: Int) -> [String] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < count {
            var watched = pollfd(fd: readingEnd, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, 20_000) == 1 else { break }
            let read = read(readingEnd, &chunk, chunk.count)
            guard read > 0 else { break }
            bytes += chunk[..<read]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

@Suite("The access log")
struct AccessLogTests {
    private func entry(_ change: (inout AccessLog.Entry) -> Void = { _ in }) -> AccessLog.Entry {
        var entry = AccessLog.Entry(
            milliseconds: 1_700_000_000_123, method: "GET", route: "GET /a/{b}", path: Array("/a/1".utf8), status: 200,
            byteCount: 5, microseconds: 1_002_003, requestID: RequestID(high: 1, low: 2), address: "::1", tenantID: "",
            userID: "", traceparent: [], error: "")
        change(&entry)
        return entry
    }

    private func object(_ entry: AccessLog.Entry) throws -> [String: Any] {
        let reader = try Reader()
        var log = AccessLog(writer: try LogWriter(output: reader.writingEnd), sampleFraction: 1)
        log.add(entry)
        log.handOver()
        let line = try #require(reader.lines(1).first)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test("writes a line of JSON with what is known, and leaves out what is not")
    func line() throws {
        let object = try object(entry())
        #expect(object["time"] as? String == "2023-11-14T22:13:20.123Z")
        #expect(object["level"] as? String == "info")
        #expect(object["duration_ms"] as? Double == 1002.003)
        #expect(object["route"] as? String == "GET /a/{b}")
        #expect(object["address"] as? String == "::1")
        for name in ["tenant_id", "user_id", "traceparent", "error"] { #expect(object[name] == nil) }
    }

    @Test("names who called and why it failed")
    func full() throws {
        let object = try object(
            entry {
                $0.tenantID = "t"
                $0.userID = "u"
                $0.traceparent = Array("00-1".utf8)
                $0.error = "too_slow"
                $0.status = 504
            })
        #expect(object["tenant_id"] as? String == "t")
        #expect(object["user_id"] as? String == "u")
        #expect(object["traceparent"] as? String == "00-1")
        #expect(object["error"] as? String == "too_slow")
        #expect(object["level"] as? String == "error")
    }

    @Test("keeps a path with anything in it on one line", arguments: ["/\"}\n{\"", "/\u{1}", "/\\", "/é"])
    func path(_ path: String) throws {
        #expect(try object(entry { $0.path = Array(path.utf8) })["path"] as? String == path)
    }

    @Test(
        "tells an even sample, and everything that failed on our side",
        arguments: [(1.0, 1000), (0.5, 500), (0.25, 250), (0.001, 1), (0, 0)])
    func sample(_ fraction: Double, _ expected: Int) throws {
        var log = AccessLog(writer: try LogWriter(output: Reader().writingEnd), sampleFraction: fraction)
        let told = (1...1000).count { _ in log.shouldTell(status: 200) }
        #expect(abs(told - expected) <= 1)
        let isFailureTold = log.shouldTell(status: 500)
        #expect(isFailureTold)
    }

    @Test("tells nothing if it is off")
    func off() {
        var log = AccessLog(writer: nil, sampleFraction: 1)
        #expect(!log.isOn)
        let isFailureTold = log.shouldTell(status: 500)
        #expect(!isFailureTold)
    }
}

@Suite("The log's writer")
struct LogWriterTests {
    @Test("drops whole chunks when the output does not keep up, counts their lines, and goes on afterwards")
    func bound() throws {
        let reader = try Reader()
        let writer = try LogWriter(output: reader.writingEnd)
        let line = Array(repeating: UInt8(ascii: "x"), count: 1023) + [UInt8(ascii: "\n")]
        let chunk = Array(repeatElement(line, count: 64).joined())
        // More than may wait here and in the pipe together, while nobody reads.
        let chunkCount = LogWriter.pendingByteCountMax / chunk.count * 3
        for _ in 0..<chunkCount { writer.write(chunk, lineCount: 64) }
        let dropped = writer.droppedLineCount
        #expect(dropped > 0)
        #expect(dropped.isMultiple(of: 64))
        let kept = reader.lines(chunkCount * 64 - dropped)
        #expect(kept.count == chunkCount * 64 - dropped)
        #expect(kept.allSatisfy { $0.utf8.count == 1023 })
        writer.write(Array("after\n".utf8), lineCount: 1)
        #expect(reader.lines(1) == ["after"])
    }

    @Test("counts the lines that a full disk refuses, and ends all the same")
    func fullDisk() throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        #expect(full >= 0)
        defer { close(full) }
        let writer = try LogWriter(output: full)
        writer.write(Array("one\ntwo\n".utf8), lineCount: 2)
        writer.finish(within: .seconds(20))
        #expect(writer.droppedLineCount == 2)
    }

    @Test("loses nothing to a pipe that somebody has made non-blocking, and writes the last lines before it ends")
    func nonBlocking() throws {
        let reader = try Reader()
        #expect(fcntl(reader.writingEnd, F_SETFL, O_NONBLOCK) == 0)
        let writer = try LogWriter(output: reader.writingEnd)
        let line = Array(repeating: UInt8(ascii: "x"), count: 1023) + [UInt8(ascii: "\n")]
        writer.write(Array(repeatElement(line, count: 1000).joined()), lineCount: 1000)  // more than a pipe holds
        #expect(reader.lines(1000).count == 1000)
        writer.write(Array("last\n".utf8), lineCount: 1)
        writer.finish(within: .seconds(20))
        #expect(reader.lines(1) == ["last"])
        #expect(writer.droppedLineCount == 0)
    }

    @Test("does not hold up the end when nobody reads")
    func unread() throws {
        let reader = try Reader()
        let writer = try LogWriter(output: reader.writingEnd)
        let line = Array(repeating: UInt8(ascii: "x"), count: 1023) + [UInt8(ascii: "\n")]
        writer.write(Array(repeatElement(line, count: 1000).joined()), lineCount: 1000)
        writer.finish(within: .milliseconds(50))
        #expect(reader.lines(1000).count == 1000)
    }
}

@Suite("The clock of a turn")
struct TurnClockTests {
    @Test("keeps its written date in step with its milliseconds")
    func date() {
        var clock = TurnClock()
        for _ in 1...3 {
            clock.refresh()
            var expected: [UInt8] = []
            HTTPDate.append(unixSeconds: clock.seconds, to: &expected)
            #expect(clock.date == expected)
            #expect(clock.seconds == clock.milliseconds / 1000)
        }
    }

    @Test("never goes back by itself, and stands still until it is refreshed")
    func still() {
        var clock = TurnClock()
        let before = clock.milliseconds
        #expect(clock.milliseconds == before)
        clock.refresh()
        #expect(clock.milliseconds >= before)
    }
}
