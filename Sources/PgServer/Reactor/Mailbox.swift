internal import CLinux
internal import Glibc
internal import Synchronization

/// The only way into a reactor's thread from another one: a bounded queue and an eventfd that wakes the loop.
final class Mailbox<Message: Sendable>: Sendable {
    private let queue = Mutex<[Message]>([])
    let descriptor: Int32
    private let messageCountMax: Int

    init(messageCountMax: Int = 4096) throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError(call: "eventfd", number: errno) }
        self.messageCountMax = messageCountMax
    }

    deinit { close(descriptor) }

    /// - Returns: false if the mailbox is full; the message was not taken.
    @discardableResult
    func post(_ message: Message) -> Bool {
        let taken = queue.withLock { messages in
            guard messages.count < messageCountMax else { return false }
            messages.append(message)
            return true
        }
        if taken { eventfd_write(descriptor, 1) }
        return taken
    }

    /// Empties the mailbox. Only the owning reactor calls this.
    func takeAll() -> [Message] {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
        return queue.withLock { messages in
            let taken = messages
            messages.removeAll()
            return taken
        }
    }
}
