import Glibc
import Synchronization

/// Sends cancel requests on a thread of its own, because libpq's `PQcancel` blocks.
///
/// Shared by all pools. The thread starts with the first request and ends when none is left.
final class Canceller: Sendable {
    private struct Mailbox {
        var requests: [Cancellation] = []
        var isServed = false
    }

    /// Most requests that may wait; each takes PostgreSQL a new process.
    static let requestCountMax = 256

    private let mailbox = Mutex(Mailbox())

    /// False if too many wait already, or no thread can be had: ask again later.
    func post(_ cancellation: Cancellation) -> Bool {
        enum Outcome { case full, posted, first }
        let outcome = mailbox.withLock { mailbox -> Outcome in
            guard mailbox.requests.count < Self.requestCountMax else { return .full }
            mailbox.requests.append(cancellation)
            defer { mailbox.isServed = true }
            return mailbox.isServed ? .posted : .first
        }
        switch outcome {
        case .full: return false
        case .posted: return true
        case .first: return startThread()
        }
    }

    private func startThread() -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Canceller>.fromOpaque(context).takeRetainedValue().serve() }
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            let dropped = mailbox.withLock { mailbox in
                defer { mailbox = Mailbox() }
                return mailbox.requests
            }
            for cancellation in dropped { cancellation.finish() }
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func serve() {
        while let cancellation = next() { cancellation.perform() }
    }

    private func next() -> Cancellation? {
        mailbox.withLock { mailbox in
            guard !mailbox.requests.isEmpty else {
                mailbox.isServed = false
                return nil
            }
            return mailbox.requests.removeFirst()
        }
    }
}
