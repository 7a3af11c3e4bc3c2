import Testing

@testable import PgServer

@Suite("A folder of SQL files")
struct SQLFolderTests {
    private func order(_ files: [(String, String)]) throws -> [String] {
        let files = try files.map { try SQLFile(path: $0, text: $1) }
        return try SQLFolder(files, layers: ["core", "auth"]).files.map(\.path)
    }

    @Test("is applied schema first, then functions layer by layer, then views")
    func layers() throws {
        let paths = [
            "views/bi/b.sql", "functions/other/a.sql", "functions/auth/a.sql", "functions/core/b.sql",
            "schema/0020_b.sql", "schema/0010_a.sql", "functions/core/a.sql",
        ]
        #expect(
            try order(paths.map { ($0, "") }) == [
                "schema/0010_a.sql", "schema/0020_b.sql", "functions/core/a.sql", "functions/core/b.sql",
                "functions/auth/a.sql", "functions/other/a.sql", "views/bi/b.sql",
            ])
    }

    @Test("moves a file up that another one requires, and what that one requires")
    func prerequisites() throws {
        let files = [
            ("functions/core/a.sql", "-- Does a.\n-- Requires: functions/core/c.sql\n"),
            ("functions/core/b.sql", ""),
            ("functions/core/c.sql", "-- Requires: sql/functions/auth/d.sql, functions/core/b.sql\n"),
            ("functions/auth/d.sql", ""),
        ]
        #expect(
            try order(files) == [
                "functions/auth/d.sql", "functions/core/b.sql", "functions/core/c.sql", "functions/core/a.sql",
            ])
    }

    @Test("is refused when files require each other")
    func circle() {
        let error = #expect(throws: CommandError.self) {
            try order([
                ("functions/core/a.sql", "-- Requires: functions/core/b.sql"),
                ("functions/core/b.sql", "-- Requires: functions/core/a.sql"),
            ])
        }
        #expect(
            error?.message == "files require each other in a circle: "
                + "functions/core/a.sql → functions/core/b.sql → functions/core/a.sql")
    }

    @Test("is refused when a file requires what is not there")
    func missing() {
        let error = #expect(throws: CommandError.self) { try order([("views/a.sql", "-- Requires: views/b.sql")]) }
        #expect(error?.message == "views/a.sql: requires views/b.sql, which does not exist")
    }

    @Test("is refused when it is empty")
    func empty() {
        #expect(throws: CommandError.self) { try order([]) }
    }
}

@Suite("The header of an SQL file")
struct SQLFileTests {
    static let runners: [(String, SQLFile.Runner)] = [
        ("SELECT 1;", .role("pgserver_owner")),
        ("-- Runs as: administrator\nSELECT 1;", .administrator),
        ("--Runs as:bi_owner\nSELECT 1;", .role("bi_owner")),
        ("-- A table.\n-- Runs as: administrator\nSELECT 1;", .role("pgserver_owner")),
        ("SELECT 1;\n-- Runs as: administrator", .role("pgserver_owner")),
    ]

    @Test("says in its first line with which rights it runs", arguments: runners)
    func runner(_ text: String, _ runner: SQLFile.Runner) throws {
        #expect(try SQLFile(path: "schema/1.sql", text: text).runner == runner)
    }

    @Test("must name a role where it promises one")
    func noRole() {
        #expect(throws: CommandError.self) { try SQLFile(path: "schema/1.sql", text: "-- Runs as:\n") }
    }

    @Test("names prerequisites only before the first statement")
    func requires() throws {
        let file = try SQLFile(path: "views/a.sql", text: "-- Requires: a.sql\nSELECT 1;\n-- Requires: b.sql")
        #expect(file.requires == ["a.sql"])
    }
}
