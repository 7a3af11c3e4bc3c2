internal import CLinux
internal import Glibc
internal import Synchronization

/// Writes log lines to standard output from a thread of its own, so that a slow disk or a full pipe never stops a
/// reactor. Bounded: past the bound whole chunks are dropped. What is lost, so or because the output refuses it, is
/// counted in the metrics.
final class LogWriter: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var droppedLineCount = 0
        var isEnding = false
    }

    /// Bytes that may wait for the disk.
    static let pendingByteCountMax = 4 << 20

    private let state = Mutex(State())
    private let wake: Int32
    private let output: Int32
    private let ended: CountedEvent

    init(output: Int32 = STDOUT_FILENO) throws(SystemError) {
        self.output = output
        ended = try CountedEvent()
        wake = eventfd(0, Int32(EFD_CLOEXEC))
        guard wake >= 0 else { throw SystemError(call: "eventfd", number: errno) }
        try SystemThread.start(name: "log") { [self] in run() }
    }

    /// Takes a chunk of whole lines.
    func write(_ lines: [UInt8], lineCount: Int) {
        state.withLock { state in
            if state.pending.count + lines.count > Self.pendingByteCountMax {
                state.droppedLineCount += lineCount
            } else {
                state.pending += lines
            }
        }
        eventfd_write(wake, 1)
    }

    /// Lines given up because the output did not keep up, since the start.
    var droppedLineCount: Int { state.withLock { $0.droppedLineCount } }

    /// Waits until the last lines are written, but not for ever: perhaps nobody reads what fills a pipe.
    func finish(within limit: Duration) {
        state.withLock { $0.isEnding = true }
        eventfd_write(wake, 1)
        _ = ended.wait(for: 1, within: limit)
    }

    private func run() {
        var line = LinePosition()
        var count: eventfd_t = 0
        while eventfd_read(wake, &count) == 0 || errno == EINTR {
            let (lines, isEnding) = state.withLock { state in
                defer { state.pending = [] }
                return (state.pending, state.isEnding)
            }
            if !lines.isEmpty {
                let lostCount = lines.withUnsafeBytes { writeAll($0, &line) }
                if lostCount > 0 { state.withLock { $0.droppedLineCount += lostCount } }
            }
            if isEnding { return ended.signal() }
        }
    }

    /// Where the output stands.
    private struct LinePosition {
        /// A line was cut off; what comes next must not become its end.
        var isWithin = false
        /// The output refused the last lines, which was told once.
        var isRefused = false
    }

    /// - Returns: how many lines were lost: the disk is full, the pipe closed. The server goes on.
    private func writeAll(_ bytes: UnsafeRawBufferPointer, _ line: inout LinePosition) -> Int {
        var rest = bytes
        if line.isWithin {
            guard writeLineBreak() else { return lineCount(of: rest) }
            line.isWithin = false
        }
        while !rest.isEmpty {
            let count = Glibc.write(output, rest.baseAddress, rest.count)
            if count > 0 {
                line.isRefused = false
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if count < 0, errno == EAGAIN {
                // Whoever shares the pipe has made it non-blocking.
                var watched = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                poll(&watched, 1, -1)
            } else if count == 0 || errno != EINTR {
                if !line.isRefused { Server.say("the log cannot be written: \(String(cString: strerror(errno)))") }
                line.isRefused = true
                line.isWithin = rest.count < bytes.count && bytes[bytes.count - rest.count - 1] != Self.lineBreak
                return lineCount(of: rest)
            }
        }
        return 0
    }

    private static let lineBreak = UInt8(ascii: "\n")

    private func writeLineBreak() -> Bool {
        withUnsafeBytes(of: Self.lineBreak) { Glibc.write(output, $0.baseAddress, 1) == 1 }
    }

    private func lineCount(of bytes: UnsafeRawBufferPointer) -> Int {
        bytes.reduce(0) { $1 == Self.lineBreak ? $0 + 1 : $0 }
    }
}
