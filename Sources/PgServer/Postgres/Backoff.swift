/// Ever longer pauses between attempts, each shortened at random by up to half so that many do not come at once.
struct Backoff {
    let first: Duration
    let longest: Duration
    private var base: Duration

    init(first: Duration, longest: Duration) {
        precondition(first > .zero && longest >= first)
        self.first = first
        self.longest = longest
        base = first
    }

    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let pause = base * Double.random(in: 0.5...1, using: &generator)
        base = min(base * 2, longest)
        return pause
    }

    mutating func reset() { base = first }
}
