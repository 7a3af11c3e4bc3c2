import Foundation
import Glibc

@testable import PgServer

/// A PostgreSQL of one suite's own, which it may stop and break.
final class OwnCluster: Sendable {
    let url: String
    private let state: String

    init() throws {
        state = "\(try TestCluster.stateDirectory())/cluster-\(Probe.unique())"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        _ = try Self.perform("start", state, "--throw-away")
        url = try Self.perform("url", state).trimmingCharacters(in: .whitespacesAndNewlines)
        try TestCluster.deploy(to: url)
        try Probe.install(in: url)
    }

    func stop() throws { _ = try Self.perform("stop", state) }
    func start() throws { _ = try Self.perform("start", state) }
    func remove() { _ = try? Self.perform("remove", state) }

    func connect() throws -> BlockingConnection { try BlockingConnection(conninfo: url) }

    /// Sets what takes effect with the next start. What a crash must not lose is written before it is confirmed:
    /// a cluster to throw away is otherwise in no hurry.
    func configure(_ settings: [(name: String, value: String)]) throws {
        for setting in settings { try connect().run("ALTER SYSTEM SET \(setting.name) = '\(setting.value)'") }
        try stop()
        try start()
    }

    // MARK: Processes

    /// The processes that serve the server's pools.
    ///
    /// - Parameter text: What the last statement of each has in it.
    func backends(whoseStatementHas text: String = "") throws -> [pid_t] {
        try connect().rows(
            """
            SELECT pid FROM pg_stat_activity
            WHERE usename = 'pgserver' AND application_name = 'pgserver' AND query LIKE '%' || $1 || '%'
            """, [text]
        ).compactMap { $0[0].flatMap { pid_t($0) } }
    }

    /// The first process, and all that it has started.
    func processes() throws -> [pid_t] {
        let postmaster = try postmaster()
        let children = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
            .filter { Self.status(of: $0)?.parent == postmaster }
        return [postmaster] + children
    }

    /// Ends every process at once, as when the machine fails.
    func crash() throws {
        let postmaster = try postmaster()
        kill(postmaster, SIGSTOP)  // so that it starts no other
        let all = try processes()
        for process in all { kill(process, SIGKILL) }
        try eventually("PostgreSQL is gone") { all.allSatisfy { Self.status(of: $0).map { $0.state == "Z" } ?? true } }
    }

    private func postmaster() throws -> pid_t {
        func line(_ path: String) throws -> String {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return String(text.split(separator: "\n").first ?? "")
        }
        let data = try line(state + "/data_directory")
        guard let process = pid_t(try line(data + "/postmaster.pid")) else {
            throw TestFailure("\(data)/postmaster.pid names no process")
        }
        return process
    }

    /// What `proc(5)` says of a process; nil if there is none.
    private static func status(of process: pid_t) -> (state: String, parent: pid_t)? {
        let text = Subprocess.read("/proc/\(process)/stat")
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 1, let parent = pid_t(fields[1]) else { return nil }
        return (String(fields[0]), parent)
    }

    private static func perform(_ arguments: String...) throws -> String {
        let environment = ["PG_BIN", "CLUSTER_USER"].reduce(into: [String: String]()) {
            $0[$1] = ProcessInfo.processInfo.environment[$1]
        }
        let output = try Subprocess.run(
            Project.root + "/deploy/cluster.sh", arguments, environment: environment)
        guard output.status == 0 else { throw TestFailure("cluster.sh \(arguments):\n\(output.text)") }
        return output.text
    }
}
