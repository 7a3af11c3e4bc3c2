import Synchronization

/// One part of the registry's cells, under its own lock.
final class RateShard: Sendable {
    private struct Slot: Sendable {
        var key: RateKey
        var cell: RateCell
        var rule: RateRule
    }

    private struct Table: Sendable {
        var slots: [Slot] = []
        var indices: [RateKey: Int] = [:]
        var countOfPolicy: [UInt32: Int] = [:]
        var hand = 0
    }

    /// Old cells looked at for each new one. More than one, so that idle cells leave faster than new ones come.
    static let sweepCountPerInsertion = 4

    private let cellCountMax: Int
    private let cellCountPerPolicyMax: Int
    private let table = Mutex(Table())

    init(cellCountMax: Int, cellCountPerPolicyMax: Int) {
        precondition(cellCountMax > 0 && cellCountPerPolicyMax > 0)
        self.cellCountMax = cellCountMax
        self.cellCountPerPolicyMax = cellCountPerPolicyMax
    }

    var cellCount: Int { table.withLock { $0.slots.count } }

    /// Counts one request on the cell of `key`, made if needed. Nil if there is no room for another cell.
    ///
    /// Counting happens under the lock, so the cell cannot be retired between being found and being charged.
    func charge(
        _ key: RateKey, _ rule: RateRule, at nowMilliseconds: Int64
    ) -> (cell: RateCell, decision: RateDecision)? {
        table.withLock { table -> (cell: RateCell, decision: RateDecision)? in
            if let index = table.indices[key] {
                let cell = table.slots[index].cell
                return cell.charge(rule, at: nowMilliseconds).map { (cell, $0) }
            }
            sweep(&table, at: nowMilliseconds)
            let countOfPolicy = table.countOfPolicy[key.policyID, default: 0]
            guard table.slots.count < cellCountMax, countOfPolicy < cellCountPerPolicyMax else { return nil }
            let cell = RateCell()
            table.indices[key] = table.slots.count
            table.slots.append(Slot(key: key, cell: cell, rule: rule))
            table.countOfPolicy[key.policyID] = countOfPolicy + 1
            return cell.charge(rule, at: nowMilliseconds).map { (cell, $0) }
        }
    }

    private func sweep(_ table: inout Table, at nowMilliseconds: Int64) {
        for _ in 0..<min(Self.sweepCountPerInsertion, table.slots.count) {
            guard !table.slots.isEmpty else { return }
            let index = table.hand < table.slots.count ? table.hand : 0
            let slot = table.slots[index]
            guard slot.cell.retire(slot.rule, at: nowMilliseconds) else {
                table.hand = index + 1
                continue
            }
            table.hand = index
            remove(&table, at: index)
        }
    }

    /// The last slot takes the place of the removed one.
    private func remove(_ table: inout Table, at index: Int) {
        let key = table.slots[index].key
        let last = table.slots.removeLast()
        table.indices[key] = nil
        if index < table.slots.count {
            table.slots[index] = last
            table.indices[last.key] = index
        }
        let count = table.countOfPolicy[key.policyID, default: 1] - 1
        table.countOfPolicy[key.policyID] = count > 0 ? count : nil
    }
}
