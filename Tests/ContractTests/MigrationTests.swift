import Foundation
import Testing

@testable import PgServer

@Suite("A deployment", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct MigrationTests {
    /// A database and a folder of SQL files of its own.
    private struct Site {
        let folder: String
        let url: String

        init() throws {
            let name = "migration_\(Subprocess.nextNumber())"
            folder = "\(try TestCluster.stateDirectory())/\(name)"
            url = try TestCluster.createDatabase(name)
            try write("schema/0010_items.sql", "CREATE TABLE items (item_id int PRIMARY KEY);")
            try write("functions/core/a.sql", "CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE sql RETURN 1;")
        }

        /// Every file runs as the administrator, since these databases have none of the project's roles.
        func write(_ path: String, _ sql: String) throws {
            let file = URL(fileURLWithPath: "\(folder)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("-- Runs as: administrator\n\(sql)\n".utf8).write(to: file)
        }

        func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(path)") }

        func migrate(_ options: String...) throws -> Subprocess.Output {
            try Subprocess.run(
                Subprocess.server, ["migrate", "--sql", folder] + options, environment: ["PGSERVER_DATABASE_URL": url])
        }

        func value(_ sql: String) throws -> String? {
            try BlockingConnection(conninfo: url).rows(sql).first?.first.flatMap { $0 }
        }
    }

    @Test("applies every file once; a second one changes nothing")
    func twice() throws {
        let site = try Site()
        let first = try site.migrate()
        #expect(first.status == 0, "\(first.text)")
        #expect(first.text.contains("2 of 2 files applied"))
        #expect(try site.value("SELECT a()") == "1")
        let second = try site.migrate()
        #expect(second.status == 0)
        #expect(second.text.hasPrefix("0 of 2 files applied"))
    }

    @Test("applies a function again when its text changes, and only that")
    func changed() throws {
        let site = try Site()
        _ = try site.migrate()
        try site.write("functions/core/a.sql", "CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE sql RETURN 2;")
        let output = try site.migrate()
        #expect(output.text.hasPrefix("reapplied functions/core/a.sql"))
        #expect(try site.value("SELECT a()") == "2")
    }

    @Test("refuses an edited schema file, and names it")
    func edited() throws {
        let site = try Site()
        _ = try site.migrate()
        try site.write("schema/0010_items.sql", "CREATE TABLE items (item_id bigint PRIMARY KEY);")
        let output = try site.migrate()
        #expect(output.status == 1)
        #expect(output.text.hasPrefix("schema/0010_items.sql: was edited after it was applied"))
    }

    static let failures = [
        ("CREATE TABLE x ();\nCREATE TABEL y ();", "syntax error"),
        ("INSERT INTO items VALUES (1);\n\nINSERT INTO items VALUES (1);", "duplicate key"),
        ("SELECT 1;\nCOMMIT;", "COMMIT has no place here"),
        ("SELECT 1;\nCOPY items FROM STDIN;", "COPY"),
    ]

    @Test("that fails changes nothing, and names file, line and cause", arguments: failures)
    func failure(_ sql: String, _ cause: String) throws {
        let site = try Site()
        try site.write("views/v.sql", sql)
        let output = try site.migrate()
        let line = 1 + sql.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(output.status == 1)
        #expect(output.text.contains("views/v.sql:\(line): "), "\(output.text)")
        #expect(output.text.contains(cause), "\(output.text)")
        #expect(try site.value("SELECT to_regclass('items')") == nil)
        #expect(try site.value("SELECT to_regclass('deployment.files')") == nil)
    }

    @Test("says with --check how database and folder differ, and changes nothing")
    func check() throws {
        let site = try Site()
        let before = try site.migrate("--check")
        #expect(before.status == 1)
        #expect(before.text.contains("schema/0010_items.sql: is not applied"))
        #expect(try site.value("SELECT to_regclass('deployment.files')") == nil)

        _ = try site.migrate()
        #expect(try site.migrate("--check").status == 0)

        try site.remove("functions/core/a.sql")
        let after = try site.migrate("--check")
        #expect(after.status == 1)
        #expect(after.text.contains("functions/core/a.sql: is applied, but the file is gone"))
    }

    @Test("forgets a function file that is gone")
    func removed() throws {
        let site = try Site()
        _ = try site.migrate()
        try site.remove("functions/core/a.sql")
        #expect(try site.migrate().text.contains("removed   functions/core/a.sql"))
        #expect(try site.migrate().text.hasPrefix("0 of 1 files applied in"))
    }

    @Test("lets two at once take turns")
    func atOnce() async throws {
        let site = try Site()
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<2 { group.addTask { try site.migrate().text } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts.filter { $0.contains("2 of 2 files applied") }.count == 1, "\(texts)")
        #expect(texts.filter { $0.contains("0 of 2 files applied") }.count == 1, "\(texts)")
    }
}
