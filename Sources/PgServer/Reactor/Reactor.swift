internal import CLinux
internal import Glibc

/// One thread, one epoll set, and everything watched by it.
///
/// Not `Sendable`, on purpose: a reactor is born inside its own thread and the compiler keeps it there, so nothing
/// below takes a lock. Other threads reach it through a ``Mailbox`` only.
final class Reactor: EventLoop {
    private struct Watched {
        var handler: (any ReadinessHandler)?
        /// Counts the uses of this descriptor number: an event that was fetched before the descriptor was closed and
        /// opened anew carries the old count and is dropped.
        var generation: UInt32 = 0
        var interest: Interest = []
    }

    private let poller: Poller
    private var timers = Timers()
    private var watched: [Watched] = []  // by descriptor number, which the kernel keeps small
    private var isStopping = false
    private(set) var now = ContinuousClock.now

    /// Runs after the sockets, timers and mail of every turn: what was written during the turn is sent here, at once.
    var turnEnded: () -> Void = {}

    init() throws(SystemError) {
        poller = try Poller()
    }

    /// Serves until ``stop()``. The order of one turn: sleep, sockets, timers, the turn's end.
    ///
    /// - Throws: only when the poll itself fails.
    func run() throws(SystemError) {
        while !isStopping {
            try poller.wait(timeoutMilliseconds: sleepMilliseconds()) { token, readiness in
                deliver(token, readiness)
            }
            now = ContinuousClock.now
            while let action = timers.takeDue(at: now) { action() }
            turnEnded()
        }
    }

    func stop() { isStopping = true }

    func watch(_ descriptor: Int32, for interest: Interest, _ handler: any ReadinessHandler) {
        let index = Int(descriptor)
        while watched.count <= index { watched.append(Watched()) }
        if watched[index].handler == nil { watched[index].generation &+= 1 }
        let before = watched[index].interest
        watched[index].handler = handler
        watched[index].interest = interest
        guard before != interest else { return }
        let token = UInt64(watched[index].generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        do throws(SystemError) {
            if interest.isEmpty {
                poller.remove(descriptor)  // else a hang-up, which nobody waits for, would be reported again and again
            } else if before.isEmpty {
                try poller.add(descriptor, interest, token: token)
            } else {
                try poller.change(descriptor, interest, token: token)
            }
        } catch {
            // Out of kernel memory for watches, or a closed descriptor: the handler meets the failure when it next
            // reads or writes, and gives the descriptor up.
            watched[index].interest = []
            let generation = watched[index].generation
            _ = schedule(after: .zero) { [weak self] in
                guard let self, watched[index].generation == generation else { return }
                watched[index].handler?.ready(interest)
            }
        }
    }

    func unwatch(_ descriptor: Int32) {
        let index = Int(descriptor)
        guard index < watched.count, watched[index].handler != nil else { return }
        watched[index].handler = nil
        watched[index].generation &+= 1
        if !watched[index].interest.isEmpty { poller.remove(descriptor) }
        watched[index].interest = []
    }

    func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerID {
        timers.schedule(at: now + delay, action)
    }

    func cancel(_ timer: TimerID) { timers.cancel(timer) }

    private func deliver(_ token: UInt64, _ readiness: Interest) {
        let index = Int(token & 0xFFFF_FFFF)
        guard index < watched.count, watched[index].generation == UInt32(token >> 32) else { return }
        let wanted = readiness.intersection(watched[index].interest)
        if !wanted.isEmpty { watched[index].handler?.ready(wanted) }
    }

    private func sleepMilliseconds() -> Int32 {
        guard let due = timers.earliest else { return -1 }
        let (seconds, attoseconds) = (due - ContinuousClock.now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        // Rounded up: waking a little early would spin until the instant is reached.
        return Int32(min(seconds, 3600) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
