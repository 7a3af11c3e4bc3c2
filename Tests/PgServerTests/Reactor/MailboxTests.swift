import Foundation
import Testing

@testable import PgServer

@Suite("A mailbox")
struct MailboxTests {
    @Test("hands over what was posted, in order and once")
    func order() throws {
        let mailbox = try Mailbox<Int>()
        for number in 1...3 { #expect(mailbox.post(number)) }
        #expect(mailbox.takeAll() == [1, 2, 3])
        #expect(mailbox.takeAll().isEmpty)
    }

    @Test("takes as many messages as its bound, and says no to one more until it is emptied")
    func bound() throws {
        let mailbox = try Mailbox<Int>(messageCountMax: 2)
        #expect(mailbox.post(1))
        #expect(mailbox.post(2))
        #expect(!mailbox.post(3))
        #expect(mailbox.takeAll() == [1, 2])
        #expect(mailbox.post(4))
        #expect(mailbox.takeAll() == [4])
    }

    @Test("loses nothing of what several threads post")
    func threads() throws {
        let mailbox = try Mailbox<Int>(messageCountMax: 10_000)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<1000 { mailbox.post(thread * 1000 + number) }
        }
        let messages = mailbox.takeAll()
        #expect(Set(messages) == Set(0..<8000))
        for thread in 0..<8 {
            let own = messages.filter { $0 / 1000 == thread }
            #expect(own == own.sorted(), "of one thread in the order it posted them")
        }
    }
}

@Suite("A counted event")
struct CountedEventTests {
    @Test("is over once it was signalled as often as awaited, by whomever")
    func signalled() throws {
        let event = try CountedEvent()
        for _ in 1...3 {
            try SystemThread.start(name: "signaller") { event.signal() }
        }
        #expect(event.wait(for: 3, within: .seconds(20)))
    }

    @Test("is not over while one signal is missing")
    func missing() throws {
        let event = try CountedEvent()
        event.signal()
        #expect(!event.wait(for: 2, within: .milliseconds(1)))
    }

    @Test("is over at once if nobody is awaited, even with no time left")
    func nobody() throws {
        #expect(try CountedEvent().wait(for: 0, within: .zero))
    }
}
