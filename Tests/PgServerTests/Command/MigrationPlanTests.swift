import Testing

@testable import PgServer

@Suite("The plan of a deployment")
struct MigrationPlanTests {
    private func plan(_ files: [String: String], ledger: [String: String]) throws -> MigrationPlan {
        let files = try files.sorted { $0.key < $1.key }.map { path, checksum in
            (file: try SQLFile(path: path, text: ""), checksum: checksum)
        }
        return MigrationPlan(files: files, ledger: ledger)
    }

    private func steps(_ plan: MigrationPlan) -> [String] {
        plan.steps.map { "\($0.reason.rawValue) \($0.file.path)" }
    }

    @Test("is empty when the ledger knows every file as it is")
    func unchanged() throws {
        let files = ["schema/1.sql": "a", "functions/core/a.sql": "b"]
        #expect(try plan(files, ledger: files).isEmpty)
    }

    @Test("applies what is new and applies again what has changed, but never a schema file twice")
    func changes() throws {
        let plan = try plan(
            ["schema/1.sql": "a", "schema/2.sql": "b", "functions/core/a.sql": "c", "views/v.sql": "e"],
            ledger: ["schema/1.sql": "a", "functions/core/a.sql": "c", "views/v.sql": "d"])
        #expect(steps(plan) == ["new schema/2.sql", "changed views/v.sql"])
        #expect(plan.faults.isEmpty)
    }

    @Test("refuses a schema file that was edited after it was applied, and names it")
    func edited() throws {
        let plan = try plan(["schema/1.sql": "b"], ledger: ["schema/1.sql": "a"])
        #expect(plan.steps.isEmpty)
        #expect(plan.faults.count == 1)
        #expect(plan.faults.first?.hasPrefix("schema/1.sql: was edited") == true)
    }

    @Test("refuses a new schema file below one that is applied")
    func outOfOrder() throws {
        let plan = try plan(["schema/1.sql": "a", "schema/2.sql": "b"], ledger: ["schema/2.sql": "b"])
        #expect(plan.faults.first?.hasPrefix("schema/1.sql: is new but numbered below schema/2.sql") == true)
    }

    @Test("refuses to go on without a schema file that was applied")
    func schemaGone() throws {
        let plan = try plan(["schema/2.sql": "b"], ledger: ["schema/1.sql": "a", "schema/2.sql": "b"])
        #expect(plan.faults == ["schema/1.sql: was applied, but the file is gone; restore it"])
    }

    @Test("removes what a vanished function file declared")
    func removed() throws {
        let plan = try plan(["schema/1.sql": "a"], ledger: ["schema/1.sql": "a", "functions/core/a.sql": "b"])
        #expect(plan.removed == ["functions/core/a.sql"])
        #expect(plan.faults.isEmpty)
    }
}
