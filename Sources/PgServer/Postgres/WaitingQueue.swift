/// Transactions for which no connection is free, first come first served.
///
/// Bounded for newcomers. One that comes back from a connection goes to the front and is always taken: there are
/// never more of those than the connections can carry.
struct WaitingQueue {
    let countMax: Int
    private var storage: [Transaction?] = []
    private var head = 0

    init(countMax: Int) { self.countMax = countMax }

    var count: Int { storage.count - head }
    var isEmpty: Bool { head == storage.count }
    var first: Transaction? { isEmpty ? nil : storage[head] }

    /// False if the queue is full.
    mutating func append(_ transaction: Transaction) -> Bool {
        guard count < countMax else { return false }
        storage.append(transaction)
        return true
    }

    mutating func putBack(_ transaction: Transaction) {
        if head > 0 {
            head -= 1
            storage[head] = transaction
        } else {
            storage.insert(transaction, at: 0)
        }
    }

    mutating func takeFirst() -> Transaction? {
        guard head < storage.count else { return nil }
        let first = storage[head]
        storage[head] = nil
        head += 1
        compact()
        return first
    }

    mutating func remove(_ transaction: Transaction) {
        guard let index = storage[head...].firstIndex(where: { $0 === transaction }) else { return }
        storage.remove(at: index)
    }

    /// Takes out everybody who has waited since `instant` or longer, in order.
    mutating func takeThose(waitingSince instant: ContinuousClock.Instant) -> [Transaction] {
        var expired: [Transaction] = []
        var kept: [Transaction?] = []
        for case let transaction? in storage[head...] {
            if case .waiting(let since) = transaction.state, since <= instant {
                expired.append(transaction)
            } else {
                kept.append(transaction)
            }
        }
        guard !expired.isEmpty else { return [] }
        storage = kept
        head = 0
        return expired
    }

    private mutating func compact() {
        if head == storage.count {
            storage.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= countMax {
            storage.removeFirst(head)
            head = 0
        }
    }
}
