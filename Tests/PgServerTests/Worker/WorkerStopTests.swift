import Testing

@testable import PgServer

@Suite("A worker that is told to stop")
struct WorkerStopTests {
    let start = ContinuousClock.now
    let grace = Duration.seconds(20)

    @Test("does nothing before")
    func working() {
        var stop = WorkerStop()
        #expect(stop.advance(at: start + .seconds(3600), heldCount: 0) == .nothing)
        #expect(stop.nextLook == nil)
        #expect(!stop.isStopping)
    }

    @Test("gives back at once when nothing is held")
    func idle() {
        var stop = WorkerStop()
        stop.begin(at: start, grace: grace)
        #expect(stop.advance(at: start, heldCount: 0) == .release)
        #expect(stop.advance(at: start, heldCount: 0) == .nothing, "once")
    }

    @Test("waits for what runs, then cancels it, then gives back what is left, all within the grace")
    func busy() throws {
        var stop = WorkerStop()
        stop.begin(at: start, grace: grace)
        #expect(stop.advance(at: start, heldCount: 2) == .nothing)
        let first = try #require(stop.nextLook)
        #expect(stop.advance(at: first - .milliseconds(1), heldCount: 2) == .nothing)
        #expect(stop.advance(at: first, heldCount: 2) == .interrupt)
        #expect(stop.advance(at: first, heldCount: 2) == .nothing)
        let second = try #require(stop.nextLook)
        #expect(first < second && second < start + grace)
        #expect(stop.advance(at: second, heldCount: 1) == .release)
        #expect(stop.nextLook == nil)
    }

    @Test("gives back as soon as the last has ended", arguments: [false, true])
    func ended(_ isInterrupted: Bool) throws {
        var stop = WorkerStop()
        stop.begin(at: start, grace: grace)
        if isInterrupted { _ = stop.advance(at: try #require(stop.nextLook), heldCount: 1) }
        #expect(stop.advance(at: start, heldCount: 0) == .release)
    }

    @Test("stops once: a second signal does not begin the grace anew")
    func twice() {
        var stop = WorkerStop()
        stop.begin(at: start, grace: grace)
        let phase = stop.phase
        stop.begin(at: start + .seconds(5), grace: grace)
        #expect(stop.phase == phase)
    }
}
