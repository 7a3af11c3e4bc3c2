internal import CLinux
internal import Glibc

/// An epoll set. Each watched descriptor carries a token that comes back with its events.
struct Poller: ~Copyable {
    private let descriptor: Int32
    private let buffer: UnsafeMutableBufferPointer<epoll_event>

    /// Events taken in one turn; what is left over comes in the next.
    static let eventCountMax = 512

    init() throws(SystemError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError(call: "epoll_create1", number: errno) }
        buffer = .allocate(capacity: Self.eventCountMax)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// - Throws: when the kernel refuses the descriptor (`ENOSPC`, `ENOMEM`, `EPERM`).
    func add(_ watched: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, watched, interest, token)
    }

    func change(_ watched: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_MOD, watched, interest, token)
    }

    func remove(_ watched: Int32) {
        var ignored = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, &ignored)
    }

    /// Sleeps until something is ready or `timeoutMilliseconds` have passed (-1: for ever), then hands over each event.
    func wait(timeoutMilliseconds: Int32, _ body: (UInt64, Interest) -> Void) throws(SystemError) {
        let count = epoll_wait(descriptor, buffer.baseAddress, Int32(Self.eventCountMax), timeoutMilliseconds)
        guard count >= 0 else {
            if errno == EINTR { return }
            throw SystemError(call: "epoll_wait", number: errno)
        }
        for index in 0..<Int(count) {
            let event = buffer[index]
            var readiness: Interest = []
            if event.events & Self.readableMask != 0 { readiness.insert(.readable) }
            if event.events & Self.writableMask != 0 { readiness.insert(.writable) }
            if event.events & Self.peerEndMask != 0 { readiness.insert(.peerEnd) }
            body(event.data.u64, readiness)
        }
    }

    private static let failureMask = EPOLLERR.rawValue | EPOLLHUP.rawValue
    private static let readableMask = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | failureMask
    private static let writableMask = EPOLLOUT.rawValue | failureMask
    private static let peerEndMask = EPOLLRDHUP.rawValue | failureMask

    private func control(
        _ operation: Int32, _ watched: Int32, _ interest: Interest, _ token: UInt64
    ) throws(SystemError) {
        var event = epoll_event()
        if interest.contains(.readable) { event.events |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if interest.contains(.writable) { event.events |= EPOLLOUT.rawValue }
        if interest.contains(.peerEnd) { event.events |= EPOLLRDHUP.rawValue }
        event.data.u64 = token
        guard epoll_ctl(descriptor, operation, watched, &event) == 0 else {
            throw SystemError(call: "epoll_ctl", number: errno)
        }
    }
}
