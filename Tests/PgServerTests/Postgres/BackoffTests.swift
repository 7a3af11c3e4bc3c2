import Testing

@testable import PgServer

@Suite("The pauses between attempts")
struct BackoffTests {
    @Test("double up to the longest, each cut by at most half")
    func doubling() {
        var backoff = Backoff(first: .milliseconds(50), longest: .milliseconds(300))
        var generator = SystemRandomNumberGenerator()
        for base in [50, 100, 200, 300, 300] {
            let pause = backoff.next(using: &generator)
            #expect(pause >= .milliseconds(base) / 2 && pause <= .milliseconds(base))
        }
        backoff.reset()
        #expect(backoff.next(using: &generator) <= .milliseconds(50))
    }
}
