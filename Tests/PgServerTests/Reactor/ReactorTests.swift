import Glibc
import Testing

@testable import PgServer

/// A reactor on the test's own thread, watching pipes and sockets.
@Suite("A reactor")
struct ReactorTests {
    private final class Handler: ReadinessHandler {
        var seen: [Interest] = []
        var body: (Interest) -> Void = { _ in }

        func ready(_ readiness: Interest) {
            seen.append(readiness)
            body(readiness)
        }
    }

    /// Two ends of a connection, closed when they are let go of.
    private final class Pair {
        let near: Descriptor
        let far: Descriptor

        init() throws {
            var ends: [Int32] = [0, 0]
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError(call: "socketpair", number: errno) }
            near = Descriptor(owning: ends[0])
            far = Descriptor(owning: ends[1])
        }

        func send(_ count: Int = 1) { _ = write(far.rawValue, [UInt8](repeating: 1, count: count), count) }
        func shutFar() { shutdown(far.rawValue, Int32(SHUT_WR)) }
    }

    private func drop(_ descriptor: Int32) {
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1 {}
    }

    /// Runs it until something stops it; a time limit fails the test instead of hanging it.
    private func run(_ reactor: Reactor) throws {
        var isOver = false
        let limit = reactor.schedule(after: .seconds(20)) {
            isOver = true
            reactor.stop()
        }
        try reactor.run()
        reactor.cancel(limit)
        #expect(!isOver, "the reactor was not stopped in time")
    }

    @Test("tells of what is ready, as long as it is")
    func readable() throws {
        let (reactor, pair, handler) = (try Reactor(), try Pair(), Handler())
        reactor.watch(pair.near.rawValue, for: .readable, handler)
        pair.send()
        handler.body = { _ in if handler.seen.count == 3 { reactor.stop() } }
        try run(reactor)
        #expect(handler.seen == [.readable, .readable, .readable])
    }

    @Test("tells only of what is asked for")
    func interest() throws {
        let (reactor, pair, handler) = (try Reactor(), try Pair(), Handler())
        pair.send()
        reactor.watch(pair.near.rawValue, for: .writable, handler)
        handler.body = { _ in reactor.stop() }
        try run(reactor)
        #expect(handler.seen == [.writable])
    }

    @Test("tells nothing of what nobody asks about")
    func noInterest() throws {
        let (reactor, pair, handler) = (try Reactor(), try Pair(), Handler())
        reactor.watch(pair.near.rawValue, for: .readable, handler)
        reactor.watch(pair.near.rawValue, for: [], handler)
        pair.send()
        pair.shutFar()
        _ = reactor.schedule(after: .milliseconds(20)) { reactor.stop() }
        try run(reactor)
        #expect(handler.seen.isEmpty)
    }

    @Test("tells that the peer has finished, although nobody reads what came before it")
    func peerEnd() throws {
        let (reactor, pair, handler) = (try Reactor(), try Pair(), Handler())
        reactor.watch(pair.near.rawValue, for: .peerEnd, handler)
        pair.send(100)
        handler.body = { _ in reactor.stop() }
        _ = reactor.schedule(after: .milliseconds(20)) {
            #expect(handler.seen.isEmpty, "bytes alone are no end")
            pair.shutFar()
        }
        try run(reactor)
        #expect(handler.seen == [.peerEnd])
    }

    @Test("tells nothing any more once it is not to watch, not even what it has already fetched")
    func unwatched() throws {
        let reactor = try Reactor()
        let (one, other) = (try Pair(), try Pair())
        let (first, second) = (Handler(), Handler())
        for handler in [first, second] {
            handler.body = { _ in  // whoever comes first ends the other one
                reactor.unwatch(one.near.rawValue)
                reactor.unwatch(other.near.rawValue)
                reactor.stop()
            }
        }
        one.send()
        other.send()
        reactor.watch(one.near.rawValue, for: .readable, first)
        reactor.watch(other.near.rawValue, for: .readable, second)
        try run(reactor)
        #expect(first.seen.count + second.seen.count == 1)
    }

    @Test("does not take a new descriptor for the closed one whose number it got")
    func reused() throws {
        let (reactor, handler, successor) = (try Reactor(), Handler(), Handler())
        let waker = try Pair()
        waker.send()
        let old = try Pair()
        old.send()
        let number = old.near.rawValue
        let wake = Handler()
        reactor.watch(waker.near.rawValue, for: .readable, wake)
        reactor.watch(number, for: .readable, handler)
        let fresh = try Pair()
        // In the turn in which both are ready, whoever is first puts another socket in the old one's place.
        let replace = {
            guard successor.seen.isEmpty, handler.seen.isEmpty else { return }
            reactor.unwatch(number)
            dup2(fresh.near.rawValue, number)
            reactor.watch(number, for: .readable, successor)
        }
        wake.body = { _ in
            replace()
            reactor.unwatch(waker.near.rawValue)
        }
        handler.body = { _ in drop(number) }
        _ = reactor.schedule(after: .milliseconds(20)) { reactor.stop() }
        try run(reactor)
        #expect(successor.seen.isEmpty, "nothing was sent to it")
    }

    @Test("runs timers in their order, none of them early, and its turn's end after them")
    func timers() throws {
        let reactor = try Reactor()
        var order: [String] = []
        let start = ContinuousClock.now
        _ = reactor.schedule(after: .milliseconds(30)) {
            order.append("last")
            reactor.stop()
        }
        _ = reactor.schedule(after: .milliseconds(10)) {
            order.append("first")
            #expect(ContinuousClock.now - start >= .milliseconds(10))
        }
        let cancelled = reactor.schedule(after: .milliseconds(20)) { order.append("cancelled") }
        reactor.cancel(cancelled)
        reactor.turnEnded = { order.append("end") }
        try run(reactor)
        #expect(order.filter { $0 != "end" } == ["first", "last"])
        #expect(order.last == "end")
    }

    @Test("reads mail from other threads, in order")
    func mail() throws {
        let reactor = try Reactor()
        let mailbox = try Mailbox<Int>()
        var received: [Int] = []
        let reader = MailboxReader(mailbox, on: reactor) { message in
            received.append(message)
            if message == 100 { reactor.stop() }
        }
        try SystemThread.start(name: "poster") { for number in 1...100 { mailbox.post(number) } }
        try run(reactor)
        withExtendedLifetime(reader) { #expect(received == Array(1...100)) }
    }
}
