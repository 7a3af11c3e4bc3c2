import Foundation
import Testing

@Suite("Jobs with effects", .enabled(if: TestCluster.isAvailable, "make test gives it a folder"))
struct ChaosTests {
    /// `make prove` does the same with 10000 orders and twenty kills of each.
    @Test("end as they should, and each is told of under one key, though workers and PostgreSQL are killed")
    func killed() throws {
        var environment = ["CHAOS_STATE": "\(try TestCluster.stateDirectory())/cluster-\(Probe.unique())"]
        for name in ["PG_BIN", "CLUSTER_USER"] { environment[name] = ProcessInfo.processInfo.environment[name] }
        let proof = try Subprocess.run(
            Project.root + "/Tests/prove/chaos_jobs.sh", ["200", "1", Subprocess.server], environment: environment)
        #expect(proof.status == 0, "\(proof.text)")
    }
}
