import Foundation
import Glibc
import Synchronization

/// Requests without end over several connections, each of which looks at every answer.
final class Load: Sendable {
    struct Probe: Sendable {
        let request: String
        /// Whether an answer is one that may be given.
        let accepts: @Sendable (HTTPResponse) -> Bool
    }

    struct Outcome: Sendable {
        /// Answers with a status below 300, by request.
        var successes: [String: Int] = [:]
        /// What should not have happened, in words.
        var faults: [String] = []
        var roundCounts: [Int]
    }

    private let outcome: Mutex<Outcome>
    private let isStopping = Atomic(false)
    private let port: UInt16
    private let probes: [Probe]
    private let ended = DispatchGroup()

    /// How long the load may take to go round, or to stop.
    private static let deadline = Duration.seconds(60)
    private static let pollInterval: useconds_t = 5_000

    init(port: UInt16, connectionCount: Int, probes: [Probe]) {
        self.port = port
        self.probes = probes
        outcome = Mutex(Outcome(roundCounts: Array(repeating: 0, count: connectionCount)))
    }

    func start() {
        for index in outcome.withLock({ $0.roundCounts.indices }) {
            ended.enter()
            Thread.detachNewThread { [self] in
                do { try run(index) } catch { fault("connection \(index): \(error)") }
                ended.leave()
            }
        }
    }

    /// Waits until every connection has sent every request once more.
    func waitForRound() throws {
        let before = outcome.withLock { $0.roundCounts }
        let end = ContinuousClock.now + Self.deadline
        // Two more, since one may have begun before.
        while outcome.withLock({ zip($0.roundCounts, before).contains { $0 < $1 + 2 } }) {
            guard ContinuousClock.now < end, outcome.withLock({ $0.faults.isEmpty }) else {
                throw TestFailure("the load does not go on: \(outcome.withLock { $0.faults.prefix(3) })")
            }
            usleep(Self.pollInterval)
        }
    }

    func stop() -> Outcome {
        isStopping.store(true, ordering: .relaxed)
        ended.wait()
        return outcome.withLock { $0 }
    }

    private func run(_ index: Int) throws {
        let connection = try RawConnection(port: port)
        while !isStopping.load(ordering: .relaxed) {
            for probe in probes {
                try connection.send(probe.request)
                let response = try connection.response()
                if !probe.accepts(response) { fault("\(probe.request)\(response.status) \(response.text)") }
                if response.status < 300 { outcome.withLock { $0.successes[probe.request, default: 0] += 1 } }
            }
            outcome.withLock { $0.roundCounts[index] += 1 }
        }
    }

    private func fault(_ sentence: String) { outcome.withLock { $0.faults.append(sentence) } }
}
