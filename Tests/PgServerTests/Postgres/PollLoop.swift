import Glibc

@testable import PgServer

/// A small event loop for tests, over `poll`.
final class PollLoop: EventLoop {
    private var watched: [Int32: (interest: Interest, handler: any ReadinessHandler)] = [:]
    private var timers: [TimerID: (instant: ContinuousClock.Instant, action: () -> Void)] = [:]
    private var timerCount: UInt64 = 0
    private(set) var now = ContinuousClock.now

    func watch(_ descriptor: Int32, for interest: Interest, _ handler: any ReadinessHandler) {
        watched[descriptor] = (interest, handler)
    }

    func unwatch(_ descriptor: Int32) { watched[descriptor] = nil }

    func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerID {
        timerCount += 1
        timers[TimerID(number: timerCount)] = (now + delay, action)
        return TimerID(number: timerCount)
    }

    func cancel(_ timer: TimerID) { timers[timer] = nil }

    /// Turns until `condition` holds. False if it does not within the deadline.
    func run(within deadline: Duration = .seconds(20), until condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + deadline
        while !condition() {
            guard ContinuousClock.now < end else { return false }
            turn()
        }
        return true
    }

    private func turn() {
        var descriptors = watched.map { descriptor, entry in
            var events: Int16 = 0
            if entry.interest.contains(.readable) { events |= Int16(POLLIN) }
            if entry.interest.contains(.writable) { events |= Int16(POLLOUT) }
            return pollfd(fd: descriptor, events: events, revents: 0)
        }
        let pause = timers.values.map(\.instant).min().map { $0 - .now } ?? .milliseconds(10)
        let milliseconds = pause < .milliseconds(1) ? 0 : min(10, Int32(pause / .milliseconds(1)))
        poll(&descriptors, UInt(descriptors.count), pause > .zero ? max(1, milliseconds) : 0)
        now = .now
        for event in descriptors where event.revents != 0 {
            guard let entry = watched[event.fd] else { continue }
            var readiness: Interest = []
            if event.revents & Int16(POLLOUT) != 0 { readiness.insert(.writable) }
            if event.revents & Int16(POLLIN) != 0 { readiness.insert(.readable) }
            if event.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { readiness = entry.interest }
            entry.handler.ready(readiness)
        }
        for (timer, entry) in timers where entry.instant <= now {
            guard timers.removeValue(forKey: timer) != nil else { continue }
            entry.action()
        }
    }
}
