internal import CLinux
internal import Glibc
internal import Synchronization

/// Writes log lines to standard output from a thread of its own, so that a slow disk or a full pipe never stops a
/// reactor. Bounded: past the bound whole chunks are dropped and counted, and the count is logged when there is room.
final class LogWriter: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var droppedLineCount = 0
    }

    /// Bytes that may wait for the disk.
    static let pendingByteCountMax = 4 << 20

    private let state = Mutex(State())
    private let wake: Int32
    private let output: Int32

    init(output: Int32 = STDOUT_FILENO) throws(SystemError) {
        self.output = output
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

    /// Writes what is pending on the calling thread. For the last lines before an exit.
    func flush() {
        let lines = state.withLock { state in
            let taken = state.pending
            state.pending = []
            return taken
        }
        lines.withUnsafeBytes { writeAll($0) }
    }

    private func run() {
        var count: eventfd_t = 0
        while eventfd_read(wake, &count) == 0 || errno == EINTR { flush() }
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(output, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                return  // disk full, pipe closed: these lines are lost, the server goes on
            }
        }
    }
}
