internal import CLinux
internal import Glibc

/// Wakes a thread that waits in `poll`, from any other.
final class WakeEvent: Sendable {
    /// Readable from a signal until it is cleared.
    let descriptor: Int32

    init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError(call: "eventfd", number: errno) }
    }

    deinit { close(descriptor) }

    func signal() { eventfd_write(descriptor, 1) }

    /// Forgets the signals so far. What they were about is to be looked at afterwards, not before.
    func clear() {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
    }

    /// Waits for a signal, no longer than `limit`.
    func wait(within limit: Duration) {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let (seconds, attoseconds) = limit.components
        poll(&watched, 1, Int32(clamping: min(seconds, 3600) * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
    }
}
