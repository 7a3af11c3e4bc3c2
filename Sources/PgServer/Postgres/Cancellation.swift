import CLibpq
import Synchronization

/// One cancel request, from the connection it is for to the thread that sends it.
///
/// It names a backend, not a query: whatever runs there when it arrives is cancelled. Until ``isFinished`` the
/// connection therefore takes nothing new.
final class Cancellation: @unchecked Sendable {
    // Safety: `raw` is set once and libpq allows PQcancel on any thread, also after the connection is gone.
    private let raw: OpaquePointer
    private let finished = Atomic(false)

    /// Room for libpq's message, which nobody reads.
    private static let messageByteCount: Int32 = 256

    /// - Parameter connection: The `PGconn` whose query shall end.
    init?(of connection: OpaquePointer) {
        guard let raw = PQgetCancel(connection) else { return nil }
        self.raw = raw
    }

    deinit { PQfreeCancel(raw) }

    /// Sends it and waits until PostgreSQL has passed it on. Blocks.
    func perform() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(Self.messageByteCount)) { message in
            _ = PQcancel(raw, message.baseAddress, Self.messageByteCount)
        }
        finish()
    }

    /// Marks it as done: sent, or never going to be.
    func finish() { finished.store(true, ordering: .releasing) }

    var isFinished: Bool { finished.load(ordering: .acquiring) }
}
