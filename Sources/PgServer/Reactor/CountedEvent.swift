internal import CLinux
internal import Glibc

/// Something that several threads do once each, and one waits for.
final class CountedEvent: Sendable {
    private let descriptor: Int32

    init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError(call: "eventfd", number: errno) }
    }

    deinit { close(descriptor) }

    func signal() { eventfd_write(descriptor, 1) }

    /// Waits until it was signalled `count` times in all. Only one thread may wait, and once.
    ///
    /// - Returns: false if the time was up first.
    func wait(for count: Int, within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        var seen: UInt64 = 0
        while seen < UInt64(count) {
            let (seconds, attoseconds) = (deadline - ContinuousClock.now).components
            guard seconds >= 0, attoseconds >= 0 else { return false }
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&watched, 1, Int32(min(seconds, 3600) * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
            var value: eventfd_t = 0
            if eventfd_read(descriptor, &value) == 0 { seen += value }
        }
        return true
    }
}
