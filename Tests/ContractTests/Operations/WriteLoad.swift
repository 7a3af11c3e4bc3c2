import Foundation
import Glibc
import Synchronization
import Testing

@testable import PgServer

/// Clients that write and read without end while something fails, and remember what they were told.
final class WriteLoad: Sendable {
    struct Outcome {
        /// Names whose write was confirmed, and those whose client was told that it is not known.
        var confirmed: Set<String> = []
        var unsure: Set<String> = []
        var readCount = 0
        var refusedCount = 0
        /// What should not have happened, in words. Silence is such a thing.
        var faults: [String] = []
    }

    private let port: UInt16
    private let name = "load \(getpid()).\(Subprocess.nextNumber())"
    private let outcome = Mutex(Outcome())
    private let isStopping = Atomic(false)
    private let ended = DispatchGroup()

    init(port: UInt16, clientCount: Int) {
        self.port = port
        for index in 0..<clientCount {
            ended.enter()
            Thread.detachNewThread { [self] in
                do { try run(index) } catch { note { $0.faults.append("client \(index): \(error)") } }
                ended.leave()
            }
        }
    }

    /// Waits until so many more writes and reads were answered with success.
    func waitForSuccesses(_ count: Int) throws {
        let before = successCount
        try eventually("\(count) more requests succeed") {
            try check()
            return successCount >= before + count
        }
    }

    /// Waits until so many more requests were refused.
    func waitForRefusals(_ count: Int) throws {
        let before = outcome.withLock { $0.refusedCount }
        try eventually("\(count) more requests are refused") {
            try check()
            return outcome.withLock { $0.refusedCount } >= before + count
        }
    }

    func stop() -> Outcome {
        isStopping.store(true, ordering: .relaxed)
        ended.wait()
        return outcome.withLock { $0 }
    }

    /// Ends the load and compares what it was told with what the table holds.
    func verify(over url: String) throws {
        let outcome = stop()
        #expect(outcome.faults.isEmpty, "\(outcome.faults.prefix(5))")
        var connection: BlockingConnection?
        try eventually("PostgreSQL has recovered from its crash") {
            connection = try? BlockingConnection(conninfo: url)
            return connection != nil
        }
        let rows = try #require(connection).rows(
            "SELECT name, count(*) FROM probe.marks WHERE starts_with(name, $1) GROUP BY name", [name + "."])
        let counts = Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[1] ?? "") })
        #expect(counts.values.allSatisfy { $0 == "1" }, "no write was made twice")
        #expect(outcome.confirmed.subtracting(counts.keys).isEmpty, "every confirmed write is there")
        #expect(Set(counts.keys).isSubset(of: outcome.confirmed.union(outcome.unsure)))
    }

    private var successCount: Int { outcome.withLock { $0.confirmed.count + $0.readCount } }

    private func check() throws {
        if let fault = outcome.withLock({ $0.faults.first }) { throw TestFailure("the load met a fault: \(fault)") }
    }

    private func note(_ change: (inout Outcome) -> Void) { outcome.withLock { change(&$0) } }

    private func run(_ index: Int) throws {
        let client = try RawConnection(port: port)
        var number = 0
        while !isStopping.load(ordering: .relaxed) {
            number += 1
            let mark = "\(name).\(index).\(number)"
            let json = "{\"name\":\"\(mark)\"}"
            try client.send(
                "POST /probe/marks HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)"
                    + "GET /probe/echo?text=\(number) HTTP/1.1\r\nHost: h\r\n\r\n")
            let (written, read) = try (client.response(), client.response())
            note { outcome in
                switch written.status {
                case 201: outcome.confirmed.insert(mark)
                case 503 where written.header("Retry-After") != nil, 504:  // 504: PostgreSQL cancelled it
                    outcome.unsure.insert(mark)
                    outcome.refusedCount += 1
                default: outcome.faults.append("a write got \(written.status): \(written.text)")
                }
                switch read.status {
                case 200: outcome.readCount += 1
                case 503 where read.header("Retry-After") != nil, 504: outcome.refusedCount += 1
                default: outcome.faults.append("a read got \(read.status): \(read.text)")
                }
            }
        }
    }
}
