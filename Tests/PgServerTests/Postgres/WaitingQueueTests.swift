import Testing

@testable import PgServer

@Suite("The waiting queue")
struct WaitingQueueTests {
    let start = ContinuousClock.now

    func transactions(_ count: Int) -> [Transaction] {
        let call = Statement("SELECT 1")
        return (0..<count).map { number in
            let transaction = Transaction(call: call, timeout: .seconds(1))
            transaction.state = .waiting(since: start + .seconds(number))
            return transaction
        }
    }

    func drain(_ queue: inout WaitingQueue) -> [ObjectIdentifier] {
        var order: [ObjectIdentifier] = []
        while let next = queue.takeFirst() { order.append(ObjectIdentifier(next)) }
        return order
    }

    @Test("serves in order, takes its limit and not one more")
    func bounded() {
        var queue = WaitingQueue(countMax: 3)
        let all = transactions(4)
        let taken = all.map { queue.append($0) }
        #expect(taken == [true, true, true, false])
        #expect(queue.count == 3)
        #expect(drain(&queue) == all.prefix(3).map { ObjectIdentifier($0) })
        #expect(queue.isEmpty)
    }

    @Test("takes what comes back first, even when full")
    func putBack() {
        var queue = WaitingQueue(countMax: 2)
        let all = transactions(4)
        _ = queue.append(all[2])
        _ = queue.append(all[3])
        queue.putBack(all[1])
        queue.putBack(all[0])
        #expect(drain(&queue) == all.map { ObjectIdentifier($0) })
    }

    @Test("lets one go from the middle")
    func removed() {
        var queue = WaitingQueue(countMax: 8)
        let all = transactions(4)
        for transaction in all { _ = queue.append(transaction) }
        _ = queue.takeFirst()
        queue.remove(all[2])
        queue.remove(all[0])  // no longer there
        #expect(drain(&queue) == [ObjectIdentifier(all[1]), ObjectIdentifier(all[3])])
    }

    @Test("gives up those who waited too long, and keeps the others in order")
    func expired() {
        var queue = WaitingQueue(countMax: 8)
        let all = transactions(4)
        for transaction in all.reversed() { _ = queue.append(transaction) }
        let expired = queue.takeThose(waitingSince: start + .seconds(1))
        #expect(expired.map { ObjectIdentifier($0) } == [all[1], all[0]].map { ObjectIdentifier($0) })
        #expect(drain(&queue) == [all[3], all[2]].map { ObjectIdentifier($0) })
    }

    @Test("stays small however long it runs")
    func longRun() {
        var queue = WaitingQueue(countMax: 2)
        let all = transactions(2)
        _ = queue.append(all[0])
        for turn in 0..<10_000 {
            let isTaken = queue.append(all[(turn + 1) % 2])
            #expect(isTaken)
            let first = queue.takeFirst()
            #expect(first === all[turn % 2])
        }
        #expect(queue.count == 1)
    }
}
