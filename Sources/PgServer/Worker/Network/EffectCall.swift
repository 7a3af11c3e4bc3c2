internal import CLinux
internal import Glibc

/// An effect under way, as the worker holds it: it can be told to stop from any thread.
final class EffectCall: EffectHandle {
    let startedAt = ContinuousClock.now
    /// Becomes readable, and stays so, when the effect is cancelled.
    fileprivate let cancellation: Int32

    init() throws(EffectFailure) {
        cancellation = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard cancellation >= 0 else { throw EffectFailure(.overloaded, "The server is out of file descriptors.") }
    }

    deinit { close(cancellation) }

    /// How long ago it began.
    var age: Duration { ContinuousClock.now - startedAt }

    func cancel() { eventfd_write(cancellation, 1) }
}

/// How long an effect may wait, and what wakes it early. Every wait of an effect is one of these.
struct EffectPatience: Sendable {
    let call: EffectCall
    let deadline: ContinuousClock.Instant

    init(_ call: EffectCall, within timeout: Duration) {
        self.call = call
        deadline = call.startedAt + timeout
    }

    /// Waits until `descriptor` is ready.
    ///
    /// - Parameters:
    ///   - events: `POLLIN` or `POLLOUT`.
    ///   - limit: a nearer end of this wait alone.
    /// - Returns: false if `limit` came first.
    /// - Throws: `.cancelled`, or `.timeout` at the deadline.
    @discardableResult
    func wait(
        for events: Int32, on descriptor: Int32, until limit: ContinuousClock.Instant? = nil
    ) throws(EffectFailure) -> Bool {
        while true {
            let now = ContinuousClock.now
            guard now < deadline else { throw EffectFailure(.timeout, "It took longer than its time.") }
            if let limit, now >= limit { return false }
            var watched = [
                pollfd(fd: call.cancellation, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(events), revents: 0),
            ]
            poll(&watched, 2, Self.milliseconds(until: min(deadline, limit ?? deadline), from: now))
            guard watched[0].revents == 0 else { throw EffectFailure(.cancelled, "It was cancelled.") }
            if watched[1].revents != 0 { return true }
        }
    }

    /// Rounded up, so that a wait does not spin through its last millisecond; at most a minute, then it looks again.
    private static func milliseconds(
        until end: ContinuousClock.Instant, from start: ContinuousClock.Instant
    ) -> Int32 {
        Int32(min(60_000, (end - start) / .milliseconds(1) + 1))
    }
}
