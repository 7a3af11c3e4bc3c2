/// How many jobs of one queue run at once.
struct QueueWorkers: Equatable, Sendable {
    let queue: String
    let count: Int

    /// The queue of jobs that name no other.
    static let defaultQueue = "default"
    static let countMax = 256
    static let queueCountMax = 32
    static let nameByteCountMax = 63
}

extension Syntax where Value == [QueueWorkers] {
    /// `4`, or `default:4,effects:16`; `0` for none at all.
    static var queueWorkers: Syntax {
        Syntax(
            expectation: "a number of workers for queue default, such as 4, or numbers for several queues, such as "
                + "default:4,effects:16; together 0 to \(QueueWorkers.countMax)",
            read: { text in
                var all: [QueueWorkers] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    let words = trimmingBlanks(part).split(separator: ":", omittingEmptySubsequences: false)
                    guard let last = words.last, words.count <= 2, let count = workerCount(last) else { return nil }
                    let queue = words.count == 2 ? String(words[0]) : QueueWorkers.defaultQueue
                    guard isQueueName(queue), !all.contains(where: { $0.queue == queue }) else { return nil }
                    all.append(QueueWorkers(queue: queue, count: count))
                }
                guard all.count <= QueueWorkers.queueCountMax,
                    all.reduce(0, { $0 + $1.count }) <= QueueWorkers.countMax
                else { return nil }
                return all.filter { $0.count > 0 }
            },
            write: { all in
                all.isEmpty ? "0" : all.map { "\($0.queue):\($0.count)" }.joined(separator: ",")
            })
    }
}

private func workerCount(_ text: Substring) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
}

/// Lower-case letters, digits and underscores, a letter first.
private func isQueueName(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7A).contains(first) else { return false }
    return text.utf8.count <= QueueWorkers.nameByteCountMax
        && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
}
