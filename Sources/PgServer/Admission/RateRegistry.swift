import Synchronization

/// Every counter of this process, shared by its reactors, each of which looks through its own ``RateView``.
///
/// Bounded. When there is no room for a subject's cell, it is counted on its policy's one overflow cell, together
/// with all others in that position: a flood of new addresses can then slow newcomers down, but neither lifts a limit
/// nor touches whoever has a cell. One policy fills at most half of the room, so that a flood of addresses leaves
/// place for tenants.
final class RateRegistry: Sendable {
    /// Most cells, of about 150 bytes each.
    static let cellCountMax = 200_000
    static let policyCountMax = 1000
    private static let shardCount = 16

    private struct Installed: Sendable {
        var policies: [RatePolicy: InstalledRatePolicy] = [:]
        var nextID: UInt32 = 0
    }

    private let shards: [RateShard]
    private let installed = Mutex(Installed())

    init(cellCountMax: Int = RateRegistry.cellCountMax, shardCount: Int = RateRegistry.shardCount) {
        precondition(shardCount > 0 && cellCountMax >= shardCount * 2)
        let cellCountOfShard = cellCountMax / shardCount
        shards = (0..<shardCount).map { _ in
            RateShard(cellCountMax: cellCountOfShard, cellCountPerPolicyMax: cellCountOfShard / 2)
        }
    }

    var cellCount: Int { shards.reduce(0) { $0 + $1.cellCount } }

    /// Puts the rows of a catalog in force. An unchanged row keeps its counters; those of a row that is gone become
    /// idle with time and are swept away.
    ///
    /// - Throws: `.invalidPolicy` for the first faulty row, `.tooManyPolicies`; the rows in force then stay.
    func install(_ rows: [RatePolicy]) throws(AdmissionError) -> RatePolicies {
        guard rows.count <= Self.policyCountMax else { throw .tooManyPolicies }
        return RatePolicies(
            try installed.withLock { installed throws(AdmissionError) -> [InstalledRatePolicy] in
                var next = Installed(policies: [:], nextID: installed.nextID)
                var policies: [InstalledRatePolicy] = []
                for row in rows {
                    let policy: InstalledRatePolicy
                    if let known = next.policies[row] ?? installed.policies[row] {
                        policy = known
                    } else {
                        policy = try InstalledRatePolicy(row, id: next.nextID)
                        next.nextID += 1
                    }
                    next.policies[row] = policy
                    policies.append(policy)
                }
                installed = next
                return policies
            })
    }

    /// Counts one request where no view has the cell yet. The cell is nil if the overflow cell was charged, which is
    /// nobody's to keep.
    func charge(
        _ key: RateKey, _ policy: InstalledRatePolicy, at nowMilliseconds: Int64
    ) -> (cell: RateCell?, decision: RateDecision) {
        let shard = shards[Int(UInt(bitPattern: key.hashValue) >> 32) % shards.count]
        if let (cell, decision) = shard.charge(key, policy.rule, at: nowMilliseconds) { return (cell, decision) }
        guard let decision = policy.overflow.charge(policy.rule, at: nowMilliseconds) else {
            preconditionFailure("an overflow cell is never retired")
        }
        return (nil, decision)
    }
}
