import Testing

@testable import PgServer

@Suite("Timers")
struct TimersTests {
    private static let start = ContinuousClock.now

    private func instant(_ seconds: Int) -> ContinuousClock.Instant { Self.start + .seconds(seconds) }

    /// Takes everything that is due, and says in which order it came.
    private final class Record {
        var names: [Int] = []
    }

    private func run(_ timers: inout Timers, until now: ContinuousClock.Instant) {
        while let action = timers.takeDue(at: now) { action() }
    }

    @Test("fall due in the order of their instants, whatever the order they were set in")
    func order() {
        var timers = Timers()
        let record = Record()
        let seconds = (0..<200).map { $0 * 83 % 200 }  // each once, well mixed
        for second in seconds { _ = timers.schedule(at: instant(second)) { record.names.append(second) } }
        #expect(timers.earliest == instant(0))
        run(&timers, until: instant(99))
        #expect(record.names == Array(0...99))
        #expect(timers.earliest == instant(100))
        run(&timers, until: instant(199))
        #expect(record.names == Array(0...199))
        #expect(timers.earliest == nil)
        #expect(timers.count == 0)
    }

    @Test("are due at their instant and not before")
    func due() {
        var timers = Timers()
        _ = timers.schedule(at: instant(2)) {}
        #expect(timers.takeDue(at: instant(2) - .nanoseconds(1)) == nil)
        #expect(timers.takeDue(at: instant(2)) != nil)
        #expect(timers.takeDue(at: instant(3)) == nil)
    }

    @Test("that are cancelled never run, and those that ran or were cancelled may be cancelled again")
    func cancelled() {
        var timers = Timers()
        let record = Record()
        let ids = (0..<10).map { second in timers.schedule(at: instant(second)) { record.names.append(second) } }
        for id in ids where id.number.isMultiple(of: 2) { timers.cancel(id) }
        run(&timers, until: instant(20))
        for id in ids { timers.cancel(id) }
        #expect(record.names.count == 5)
        #expect(timers.count == 0)
    }

    @Test("may be set by one that runs")
    func nested() {
        var timers = Timers()
        let record = Record()
        var again: [Int] = []
        _ = timers.schedule(at: instant(1)) { again.append(2) }
        run(&timers, until: instant(1))
        for second in again { _ = timers.schedule(at: instant(second)) { record.names.append(second) } }
        run(&timers, until: instant(2))
        #expect(record.names == [2])
    }

    @Test("that are cancelled in great number leave the others in order")
    func rebuilt() {
        var timers = Timers()
        let record = Record()
        let ids = (0..<1000).map { second in timers.schedule(at: instant(1000 - second)) { record.names.append(second) }
        }
        for (second, id) in ids.enumerated() where !second.isMultiple(of: 10) { timers.cancel(id) }
        #expect(timers.count == 100)
        run(&timers, until: instant(2000))
        #expect(record.names == (0..<100).map { 990 - $0 * 10 })
    }
}
