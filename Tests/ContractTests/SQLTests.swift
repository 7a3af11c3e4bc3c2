import Foundation
import Testing

@testable import PgServer

/// Each file of `Tests/sql` is one case: it runs in a transaction that is rolled back, after `support.sql`, which makes
/// the test tenants and leaves the session a member of the first.
@Suite("The SQL of the database", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct SQLTests {
    private static let folder = Project.root + "/Tests/sql"
    private static let support = folder + "/support.sql"

    static let files: [String] = {
        let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(".sql") && $0 != "support.sql" }.sorted()
    }()

    private static let database = Result { try TestCluster.createDeployedDatabase("sql_tests") }

    private static let source = Result { try DemonstrationSource(named: "sql") }

    @Test("keeps what its tests say", arguments: files)
    func passes(_ file: String) throws {
        let script = "\(try TestCluster.stateDirectory())/sql-\(Subprocess.nextNumber()).sql"
        try """
        BEGIN;
        \\ir \(Self.support)
        \\ir \(Self.folder)/\(file)
        ROLLBACK;

        """.write(toFile: script, atomically: false, encoding: .utf8)
        let output = try Subprocess.run(
            "psql",
            [
                "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=\(script)",
                "--dbname=\(try Self.database.get())",
            ] + (try Self.source.get().variables()).map { "--set=\($0)=\($1)" })
        #expect(output.status == 0, "\(file)\n\(output.text)")
    }
}
