import Testing

@testable import PgServer

@Suite("The relay's pauses")
struct RelayTimingTests {
    @Test("grow from 1 to 128 ms while transactions are under way, and no further")
    func growing() {
        var lookAgain = LookAgain()
        let pauses = (0..<10).map { _ in lookAgain.next(foundCount: 0, isPending: true) }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 128, 128].map { .milliseconds($0) })
    }

    @Test("begin again with every event and every notification")
    func resetting() {
        var lookAgain = LookAgain()
        for _ in 0..<5 { _ = lookAgain.next(foundCount: 0, isPending: true) }
        #expect(lookAgain.next(foundCount: 1, isPending: true) == .milliseconds(1))
        #expect(lookAgain.next(foundCount: 0, isPending: true) == .milliseconds(2))
        lookAgain.reset()
        #expect(lookAgain.next(foundCount: 0, isPending: true) == .milliseconds(1))
    }

    @Test(
        "let events gather the longer the more come at once",
        arguments: [(1, 1), (15, 1), (16, 2), (31, 3), (32, 4), (1000, 4)])
    func gathering(foundCount: Int, milliseconds: Int) {
        var lookAgain = LookAgain()
        #expect(lookAgain.rest == .milliseconds(1))
        #expect(lookAgain.next(foundCount: foundCount, isPending: true) == .milliseconds(milliseconds))
        #expect(lookAgain.rest == .milliseconds(milliseconds))
        _ = lookAgain.next(foundCount: 0, isPending: false)
        #expect(lookAgain.rest == .milliseconds(1))
    }

    @Test("are the poll's when nothing is under way")
    func idle() {
        var lookAgain = LookAgain()
        for _ in 0..<5 { _ = lookAgain.next(foundCount: 0, isPending: true) }
        #expect(lookAgain.next(foundCount: 0, isPending: false) == LookAgain.pollInterval)
        #expect(lookAgain.next(foundCount: 0, isPending: true) == .milliseconds(1))
    }
}

@Suite("The relay's heartbeat")
struct RelayHeartbeatTests {
    private let start = ContinuousClock.now

    @Test("is sent after a silence, once, and gives the connection up if it does not come back")
    func dead() {
        var heartbeat = RelayHeartbeat(at: start)
        #expect(heartbeat.next(at: start + RelayHeartbeat.interval) == .nothing)
        let sent = start + RelayHeartbeat.interval + .milliseconds(1)
        #expect(heartbeat.next(at: sent) == .send)
        #expect(heartbeat.next(at: sent + RelayHeartbeat.patience) == .nothing)
        #expect(heartbeat.next(at: sent + RelayHeartbeat.patience + .milliseconds(1)) == .giveUp)
    }

    @Test("is content with any notification")
    func alive() {
        var heartbeat = RelayHeartbeat(at: start)
        let sent = start + RelayHeartbeat.interval * 2
        #expect(heartbeat.next(at: sent) == .send)
        heartbeat.heard(at: sent + .milliseconds(5))
        #expect(heartbeat.next(at: sent + RelayHeartbeat.patience * 2) == .nothing)
        #expect(heartbeat.next(at: sent + .milliseconds(6) + RelayHeartbeat.interval) == .send)
    }
}

@Suite("The sessions of streams")
struct StreamSessionsTests {
    private func session(_ number: Int) -> StreamSession {
        StreamSession(tenant: RelaySamples.tenant(1), sessionID: String(number))
    }

    @Test("are watched from their first stream to their last, for the reactors that have them")
    func counting() {
        let sessions = StreamSessions()
        sessions.add(session(1), reactor: 0)
        sessions.add(session(1), reactor: 0)
        sessions.add(session(1), reactor: 3)
        sessions.add(session(2), reactor: 3)
        #expect(Set(sessions.all) == [session(1), session(2)])
        #expect(
            sessions.reactors(of: [session(1), session(9)]) == [0: [session(1)], 3: [session(1)]])
        sessions.remove(session(1), reactor: 0)
        #expect(sessions.reactors(of: [session(1)]).keys.sorted() == [0, 3])
        sessions.remove(session(1), reactor: 0)
        sessions.remove(session(1), reactor: 3)
        #expect(sessions.all == [session(2)])
        #expect(sessions.reactors(of: [session(1)]).isEmpty)
    }
}
