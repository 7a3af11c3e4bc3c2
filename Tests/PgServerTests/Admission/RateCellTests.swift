import Testing

@testable import PgServer

extension RatePolicy {
    /// A policy of which only the numbers matter.
    static func any(
        _ kind: Kind, limit: Int, seconds: Int, burst: Int, subject: String = "tenant_id",
        rateClass: String = "read", selector: (String, String)? = nil
    ) -> RatePolicy {
        RatePolicy(
            dialect: "test", rateClass: rateClass, subject: subject, selectorClaim: selector?.0,
            selectorValue: selector?.1, kind: kind, limitCount: limit, windowSeconds: seconds, burst: burst)
    }
}

@Suite("A rate cell")
struct RateCellTests {
    /// The first millisecond of a minute.
    static let start: Int64 = 1_763_484_420_000

    static func charge(_ cell: RateCell, _ policy: RatePolicy, at now: Int64) throws -> RateDecision {
        try #require(cell.charge(try RateRule(policy), at: now))
    }

    @Test("of a bucket lets its capacity through at once, then what the rate refills")
    func bucket() throws {
        let policy = RatePolicy.any(.bucket, limit: 60, seconds: 60, burst: 100)
        let cell = RateCell()
        for number in 1...100 {
            let decision = try Self.charge(cell, policy, at: Self.start)
            #expect(decision.isAllowed && decision.remaining == min(60, 100 - number) && decision.limit == 60)
            #expect(decision.resetUnixSeconds == Self.start / 1000 + Int64(number))
            #expect(decision.retryAfterSeconds == 0)
        }
        let refused = RateDecision(
            isAllowed: false, limit: 60, remaining: 0, resetUnixSeconds: Self.start / 1000 + 100, retryAfterSeconds: 1)
        #expect(try Self.charge(cell, policy, at: Self.start) == refused)
        #expect(try Self.charge(cell, policy, at: Self.start + 999) == refused)
        #expect(try Self.charge(cell, policy, at: Self.start + 1000).isAllowed)
        #expect(try !Self.charge(cell, policy, at: Self.start + 1000).isAllowed)
        // An hour later it is full again, and no fuller than full.
        for number in 1...101 {
            #expect(try Self.charge(cell, policy, at: Self.start + 3_600_000).isAllowed == (number <= 100))
        }
    }

    @Test("of a bucket never refuses who keeps to the rate, though neither clock nor interval is exact")
    func steady() throws {
        // A request may seem up to a millisecond early, hence a capacity of two.
        let policy = RatePolicy.any(.bucket, limit: 7, seconds: 60, burst: 2)
        let cell = RateCell()
        for number in 0..<5000 {
            let now = Self.start + Int64((Double(number) * 60_000 / 7).rounded(.up))
            #expect(try Self.charge(cell, policy, at: now).isAllowed, "request \(number)")
        }
    }

    @Test("of a slow bucket says how long to wait")
    func wait() throws {
        let policy = RatePolicy.any(.bucket, limit: 1, seconds: 60, burst: 1)
        let cell = RateCell()
        #expect(try Self.charge(cell, policy, at: Self.start).isAllowed)
        #expect(try Self.charge(cell, policy, at: Self.start).retryAfterSeconds == 60)
        #expect(try Self.charge(cell, policy, at: Self.start + 1).retryAfterSeconds == 60)
        #expect(try Self.charge(cell, policy, at: Self.start + 1000).retryAfterSeconds == 59)
        #expect(try Self.charge(cell, policy, at: Self.start + 59_999).retryAfterSeconds == 1)
        #expect(try Self.charge(cell, policy, at: Self.start + 60_000).isAllowed)
    }

    @Test("of a window lets the limit and the burst through, until the next window")
    func window() throws {
        let policy = RatePolicy.any(.window, limit: 1000, seconds: 60, burst: 100)
        let cell = RateCell()
        for number in 1...1100 {
            let decision = try Self.charge(cell, policy, at: Self.start + 500)
            #expect(decision.isAllowed && decision.remaining == min(1000, 1100 - number) && decision.limit == 1000)
            #expect(decision.resetUnixSeconds == Self.start / 1000 + 60)
        }
        let refused = try Self.charge(cell, policy, at: Self.start + 20_000)
        #expect(
            refused
                == RateDecision(
                    isAllowed: false, limit: 1000, remaining: 0, resetUnixSeconds: Self.start / 1000 + 60,
                    retryAfterSeconds: 40))
        #expect(try Self.charge(cell, policy, at: Self.start + 59_999).retryAfterSeconds == 1)
        let next = try Self.charge(cell, policy, at: Self.start + 60_000)
        #expect(next.isAllowed && next.resetUnixSeconds == Self.start / 1000 + 120)
    }

    @Test("of a window counts with the reactor whose clock is ahead")
    func spread() throws {
        let policy = RatePolicy.any(.window, limit: 2, seconds: 60, burst: 0)
        let cell = RateCell()
        #expect(try Self.charge(cell, policy, at: Self.start + 60_000).isAllowed)
        #expect(try Self.charge(cell, policy, at: Self.start + 59_999).isAllowed)
        #expect(try !Self.charge(cell, policy, at: Self.start + 60_000).isAllowed)
        #expect(try !Self.charge(cell, policy, at: Self.start + 59_999).isAllowed)
    }

    @Test("recovers when the clock is set back an hour", arguments: [RatePolicy.Kind.bucket, .window])
    func clockSetBack(_ kind: RatePolicy.Kind) throws {
        let policy = RatePolicy.any(kind, limit: 60, seconds: 60, burst: 10)
        let cell = RateCell()
        for _ in 0..<200 { _ = try Self.charge(cell, policy, at: Self.start) }
        let earlier = Self.start - 3_600_000
        _ = try Self.charge(cell, policy, at: earlier)
        #expect(try Self.charge(cell, policy, at: earlier + 60_000).isAllowed)
    }

    @Test("is changed by many threads and counts exactly", arguments: [RatePolicy.Kind.bucket, .window])
    func threads(_ kind: RatePolicy.Kind) async throws {
        // A day's refill of so slow a bucket is nothing, so exactly the capacity passes.
        let rule = try RateRule(
            .any(kind, limit: kind == .bucket ? 1 : 4000, seconds: 86_400, burst: kind == .bucket ? 5000 : 1000))
        let cell = RateCell()
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<1000).count { _ in cell.charge(rule, at: Self.start)?.isAllowed == true } }
            }
            return await group.reduce(0, +)
        }
        #expect(allowed == 5000)
    }

    @Test("is retired only when it holds nothing, and counts no more", arguments: [RatePolicy.Kind.bucket, .window])
    func retirement(_ kind: RatePolicy.Kind) throws {
        let rule = try RateRule(.any(kind, limit: 60, seconds: 60, burst: 1))
        let cell = RateCell()
        #expect(cell.charge(rule, at: Self.start)?.isAllowed == true)
        // A bucket of one a second is full a second later, a window is over after a minute; then the clocks' spread.
        let idle = Self.start + (kind == .bucket ? 1000 : 60_000) + RateRule.clockSpreadMilliseconds
        #expect(!cell.retire(rule, at: idle - 1))
        #expect(cell.charge(rule, at: Self.start) != nil)
        #expect(cell.retire(rule, at: idle))
        #expect(cell.charge(rule, at: idle) == nil)
        #expect(!cell.retire(rule, at: idle))
    }

    static let invalid = [
        RatePolicy.any(.bucket, limit: 0, seconds: 60, burst: 1), .any(.bucket, limit: 60, seconds: 0, burst: 1),
        .any(.bucket, limit: 60, seconds: 60, burst: 0), .any(.bucket, limit: 60, seconds: 60, burst: -1),
        .any(.bucket, limit: 1, seconds: RatePolicy.windowSecondsMax, burst: RatePolicy.countMax),
        .any(.window, limit: -1, seconds: 60, burst: 0), .any(.window, limit: 1, seconds: 60, burst: -1),
        .any(.window, limit: RatePolicy.countMax + 1, seconds: 60, burst: 0),
        .any(.window, limit: 1, seconds: RatePolicy.windowSecondsMax + 1, burst: 0),
    ]

    @Test("has no rule of numbers out of bounds", arguments: invalid)
    func bounds(_ policy: RatePolicy) {
        #expect(throws: AdmissionError.invalidPolicy(dialect: "test", rateClass: "read")) { try RateRule(policy) }
    }

    @Test("takes the largest numbers")
    func largest() throws {
        let bucket = RatePolicy.any(.bucket, limit: RatePolicy.countMax, seconds: 1, burst: RatePolicy.countMax)
        #expect(try Self.charge(RateCell(), bucket, at: Self.start).remaining == RatePolicy.countMax - 1)
        let window = RatePolicy.any(
            .window, limit: RatePolicy.countMax, seconds: RatePolicy.windowSecondsMax, burst: RatePolicy.countMax)
        #expect(try Self.charge(RateCell(), window, at: Self.start).remaining == RatePolicy.countMax)
    }
}
