/// Watches a ``Mailbox`` on its reactor and hands over each message, in order.
final class MailboxReader<Message: Sendable>: ReadinessHandler {
    private let mailbox: Mailbox<Message>
    private let receive: (Message) -> Void

    init(_ mailbox: Mailbox<Message>, on loop: any EventLoop, receive: @escaping (Message) -> Void) {
        self.mailbox = mailbox
        self.receive = receive
        loop.watch(mailbox.descriptor, for: .readable, self)
    }

    func ready(_ readiness: Interest) {
        for message in mailbox.takeAll() { receive(message) }
    }
}
