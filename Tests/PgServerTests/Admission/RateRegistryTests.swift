import Testing

@testable import PgServer

@Suite("The rate registry")
struct RateRegistryTests {
    static let start = RateCellTests.start

    static func choice(_ policies: RatePolicies, _ subject: String, rateClass: String = "read") throws
        -> RatePolicies.Choice
    {
        let rateClass = try #require(policies.rateClass(dialect: "test", named: rateClass))
        return RatePolicies.choose(rateClass, address: ClientAddress(v4: 1)) { $0 == "tenant_id" ? subject : nil }
    }

    @Test("gives every reactor the same counter")
    func shared() throws {
        let registry = RateRegistry()
        let policies = try registry.install([.any(.window, limit: 3, seconds: 60, burst: 0)])
        var first = RateView(registry)
        var second = RateView(registry)
        let choice = try Self.choice(policies, "a")
        let decisions = [
            first.charge(choice, at: Self.start), second.charge(choice, at: Self.start),
            first.charge(choice, at: Self.start), second.charge(choice, at: Self.start),
        ]
        #expect(decisions.map(\.isAllowed) == [true, true, true, false])
        #expect(decisions.map(\.remaining) == [2, 1, 0, 0])
        let other = first.charge(try Self.choice(policies, "b"), at: Self.start)
        #expect(other.remaining == 2)
        #expect(registry.cellCount == 2)
    }

    @Test("keeps the counters of unchanged rows when the catalog is read again, wherever they stand")
    func reload() throws {
        let registry = RateRegistry()
        let read = RatePolicy.any(.window, limit: 10, seconds: 60, burst: 0)
        var write = RatePolicy.any(.window, limit: 10, seconds: 60, burst: 0, rateClass: "write")
        var view = RateView(registry)
        let before = try registry.install([read, write])
        #expect(view.charge(try Self.choice(before, "a"), at: Self.start).remaining == 9)
        #expect(view.charge(try Self.choice(before, "a", rateClass: "write"), at: Self.start).remaining == 9)

        write.limitCount = 20
        let bulk = RatePolicy.any(.window, limit: 5, seconds: 60, burst: 0, rateClass: "bulk")
        let after = try registry.install([bulk, write, read])
        #expect(view.charge(try Self.choice(after, "a"), at: Self.start).remaining == 8)
        #expect(view.charge(try Self.choice(after, "a", rateClass: "write"), at: Self.start).remaining == 19)
        #expect(after.rateClass(dialect: "test", named: "none") == nil)
        #expect(after.rateClass(dialect: "other", named: "read") == nil)
    }

    @Test("refuses a faulty catalog and keeps the one in force")
    func faulty() throws {
        let registry = RateRegistry()
        let row = RatePolicy.any(.window, limit: 10, seconds: 60, burst: 0)
        var view = RateView(registry)
        #expect(view.charge(try Self.choice(try registry.install([row]), "a"), at: Self.start).remaining == 9)
        #expect(throws: AdmissionError.invalidPolicy(dialect: "test", rateClass: "read")) {
            try registry.install([.any(.bucket, limit: 1, seconds: 1, burst: 0)])
        }
        #expect(throws: AdmissionError.tooManyPolicies) {
            try registry.install(Array(repeating: row, count: RateRegistry.policyCountMax + 1))
        }
        #expect(view.charge(try Self.choice(try registry.install([row]), "a"), at: Self.start).remaining == 8)
    }

    @Test("counts newcomers together when a policy has filled its half, and leaves the others alone")
    func overflow() throws {
        let registry = RateRegistry(cellCountMax: 8, shardCount: 1)
        let policies = try registry.install([
            .any(.window, limit: 2, seconds: 60, burst: 0),
            .any(.window, limit: 2, seconds: 60, burst: 0, rateClass: "write"),
        ])
        var view = RateView(registry)
        for number in 0..<4 {
            #expect(view.charge(try Self.choice(policies, "\(number)"), at: Self.start).isAllowed)
        }
        let newcomers = try (4..<8).map { view.charge(try Self.choice(policies, "\($0)"), at: Self.start).isAllowed }
        #expect(newcomers == [true, true, false, false])
        #expect(registry.cellCount == 4)
        #expect(view.charge(try Self.choice(policies, "0"), at: Self.start).isAllowed)
        #expect(view.charge(try Self.choice(policies, "9", rateClass: "write"), at: Self.start).isAllowed)
        #expect(registry.cellCount == 5)
        // Two minutes later the old cells make room, and a newcomer gets a cell of its own.
        for number in 4..<8 {
            let choice = try Self.choice(policies, "\(number)")
            #expect(view.charge(choice, at: Self.start + 120_000).isAllowed)
            #expect(view.charge(choice, at: Self.start + 120_000).isAllowed)
            #expect(!view.charge(choice, at: Self.start + 120_000).isAllowed)
        }
        #expect(registry.cellCount <= 8)
    }

    @Test("never lets a view count on a cell that was swept away")
    func swept() throws {
        let registry = RateRegistry(cellCountMax: 8, shardCount: 1)
        let policies = try registry.install([.any(.window, limit: 2, seconds: 60, burst: 0)])
        var first = RateView(registry)
        var second = RateView(registry)
        let choice = try Self.choice(policies, "a")
        #expect(first.charge(choice, at: Self.start).isAllowed)
        let later = Self.start + 120_000
        for number in 0..<3 { _ = second.charge(try Self.choice(policies, "\(number)"), at: later) }
        #expect(registry.cellCount == 3)
        #expect(second.charge(choice, at: later).remaining == 1)
        #expect(first.charge(choice, at: later).remaining == 0)
        #expect(!second.charge(choice, at: later).isAllowed)
    }

    @Test("stays exact when reactors fight over subjects and cells come and go")
    func contention() async throws {
        // Half of a shard holds all 50 subjects, so that chance cannot send one to the overflow cell.
        let registry = RateRegistry(cellCountMax: 400, shardCount: 4)
        let policies = try registry.install([.any(.window, limit: 100, seconds: 60, burst: 0)])
        let rateClass = try #require(policies.rateClass(dialect: "test", named: "read"))
        let start = Self.start
        var earlier = RateView(registry)
        for number in 0..<30 { _ = earlier.charge(try Self.choice(policies, "old-\(number)"), at: start - 3_600_000) }
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var view = RateView(registry)
                    var count = 0
                    for number in 0..<20 {
                        for _ in 0..<50 {
                            let choice = RatePolicies.choose(rateClass, address: ClientAddress(v4: 1)) { _ in
                                "\(number)"
                            }
                            if view.charge(choice, at: start).isAllowed { count += 1 }
                        }
                    }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        // 20 subjects, 200 requests each, 100 of them allowed.
        #expect(allowed == 2000)
        #expect(registry.cellCount < 50)
    }

    @Test("is forgotten by a view that has seen too many subjects, without losing a count")
    func viewLimit() throws {
        let registry = RateRegistry()
        let policies = try registry.install([.any(.window, limit: 2, seconds: 60, burst: 0)])
        var view = RateView(registry)
        #expect(view.charge(try Self.choice(policies, "a"), at: Self.start).remaining == 1)
        for number in 0...RateView.cellCountMax {
            _ = view.charge(try Self.choice(policies, "\(number)"), at: Self.start)
        }
        #expect(view.charge(try Self.choice(policies, "a"), at: Self.start).remaining == 0)
    }
}

@Suite("Choosing a rate policy")
struct RatePoliciesTests {
    static func chosen(_ rows: [RatePolicy], _ claims: [String: String]) throws -> RatePolicies.Choice {
        let policies = try RateRegistry().install(rows)
        let rateClass = try #require(policies.rateClass(dialect: "test", named: "read"))
        let address = try #require(ClientAddress("2001:db8:1:2:3::9"))
        return RatePolicies.choose(rateClass, address: address) { claims[$0] }
    }

    static let rows: [RatePolicy] = [
        .any(.window, limit: 100, seconds: 3600, burst: 10),
        .any(.window, limit: 1000, seconds: 3600, burst: 100, selector: ("plan", "Pro")),
        .any(.window, limit: 10_000, seconds: 3600, burst: 1000, selector: ("plan", "Enterprise")),
    ]
    static let selections: [([String: String], Int)] = [
        (["tenant_id": "t", "plan": "Pro"], 1000), (["tenant_id": "t", "plan": "Enterprise"], 10_000),
        (["tenant_id": "t", "plan": "Free"], 100), (["tenant_id": "t", "plan": "pro"], 100), (["tenant_id": "t"], 100),
    ]

    @Test("prefers the row whose selector fits", arguments: selections)
    func selector(_ claims: [String: String], _ limit: Int) throws {
        let choice = try Self.chosen(Self.rows, claims)
        #expect(choice.policy.policy.limitCount == limit)
        #expect(choice.subject == .claim("t"))
    }

    @Test("gives whoever fits no row the strictest")
    func strictest() throws {
        let rows: [RatePolicy] = [
            .any(.window, limit: 10, seconds: 1, burst: 0, selector: ("plan", "Pro")),
            .any(.window, limit: 100, seconds: 3600, burst: 0, selector: ("plan", "Free")),
        ]
        #expect(try Self.chosen(rows, ["tenant_id": "t"]).policy.policy.limitCount == 100)
    }

    @Test("counts by address if it says so, or if there is no such claim")
    func address() throws {
        let network = RateSubject.address(try #require(ClientAddress("2001:db8:1:2::")))
        let byAddress = RatePolicy.any(.bucket, limit: 10, seconds: 60, burst: 20, subject: "address")
        #expect(try Self.chosen([byAddress], ["tenant_id": "t", "address": "x"]).subject == network)
        #expect(try Self.chosen(Self.rows, [:]).subject == network)
    }

    @Test("refuses half a selector")
    func halfSelector() {
        var row = Self.rows[0]
        row.selectorClaim = "plan"
        #expect(throws: AdmissionError.invalidPolicy(dialect: "test", rateClass: "read")) {
            try RateRegistry().install([row])
        }
    }
}
