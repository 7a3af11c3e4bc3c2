import Testing

@testable import PgServer

@Suite("Reports of progress")
struct ProgressGateTests {
    let start = ContinuousClock.now

    @Test("pass at once, then the latest of each interval")
    func latest() {
        var gate = ProgressGate()
        #expect(gate.offer("a", at: start) == .zero)
        #expect(gate.take(at: start) == "a")
        #expect(gate.take(at: start) == nil)
        #expect(gate.offer("b", at: start + .milliseconds(50)) == ProgressGate.interval - .milliseconds(50))
        #expect(gate.offer("c", at: start + .milliseconds(60)) == nil, "somebody asks already")
        let later = start + ProgressGate.interval
        #expect(gate.take(at: later) == "c")
        #expect(gate.offer("d", at: later + .seconds(9)) == .zero)
    }
}
