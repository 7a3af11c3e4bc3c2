import Foundation
import Testing

@testable import PgServer

@Suite("Every committed event", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct EventProofTests {
    /// The short form; `Tests/prove/events.sh` is the same for as long as one likes.
    @Test("reaches each of its listeners once and in order, though PostgreSQL and a server are killed meanwhile")
    func proof() throws {
        let state = "\(try TestCluster.stateDirectory())/cluster-proof"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        let environment = ["PG_BIN", "CLUSTER_USER"].reduce(into: [String: String]()) {
            $0[$1] = ProcessInfo.processInfo.environment[$1]
        }
        let output = try Subprocess.run(
            "python3",
            [
                "-B", Project.root + "/Tests/prove/events/proof.py", "--server", Subprocess.server, "--state", state,
                "--seconds", "9", "--deeds", "PostgreSQL,node", "--stay-seconds", "1", "--open-seconds", "0.5",
            ], environment: environment)
        #expect(output.status == 0, Comment(rawValue: output.text))
    }
}
