import Testing

@testable import PgServer

@Suite("The statements of a script")
struct SQLScriptTests {
    static let scripts: [(String, [String])] = [
        ("", []),
        (";;\n-- nothing\n;", []),
        ("SELECT 1; SELECT 2", ["1 select", "1 select"]),
        ("-- a; b\n\nSELECT 1;\nCREATE TABLE t ();", ["3 select", "4 create"]),
        ("/* a; /* b; */ c; */ SELECT 1;\nSELECT 2;", ["1 select", "2 select"]),
        ("SELECT 'a;''b;' || \";\";\nSELECT 2;", ["1 select", "2 select"]),
        ("SELECT E'a\\';b';\nSELECT 2;", ["1 select", "2 select"]),
        ("SELECT 'a\\';\nSELECT 2;", ["1 select", "2 select"]),
        ("DO $$ BEGIN; $a$ ; $a$ END; $$;\nSELECT 2;", ["1 do", "2 select"]),
        (
            "DO $body$ $$;$$; $body$;\nSELECT $1;\nSELECT a$b$c;\nSELECT 4;",
            ["1 do", "2 select", "3 select", "4 select"]
        ),
        ("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\nSELECT 2;", ["1 create", "2 select"]),
        (
            """
            CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql
            BEGIN ATOMIC
                SELECT 1;
                SELECT CASE WHEN true THEN 1 END;
            END;
            COMMENT ON FUNCTION f() IS 'x';
            """, ["1 create", "6 comment"]
        ),
        ("CREATE FUNCTION f(\"begin\" int) RETURNS int RETURN 1;\nSELECT 2;", ["1 create", "2 select"]),
        ("(SELECT 1);\nSELECT 2", ["1 ", "2 select"]),
    ]

    @Test("are told apart as psql tells them apart", arguments: scripts)
    func statements(_ script: String, _ expected: [String]) {
        #expect(SQLScript(script).statements.map { "\($0.line) \($0.keyword)" } == expected)
    }

    @Test("may not begin or end a transaction", arguments: ["BEGIN", "commit", "ROLLBACK", "START TRANSACTION", "END"])
    func transactionControl(_ keyword: String) {
        #expect(SQLScript("SELECT 1;\n\(keyword);").transactionControl?.line == 2)
    }

    @Test("are named by line when PostgreSQL gives a position, counted in characters")
    func position() {
        var error = PostgresError(failure: SQLFailure(sqlState: "42601", message: ""))
        error.position = 14
        #expect(SQLScript.line(of: error, in: "SELECT 'ä😀';\nSELEC 1;") == 2)
    }

    @Test("are named by the line of the statement that failed when there is no position")
    func completed() {
        var error = PostgresError(failure: SQLFailure(sqlState: "23505", message: ""))
        error.completedStatementCount = 1
        #expect(SQLScript.line(of: error, in: "SELECT 1;\n\n-- the second\nINSERT INTO t VALUES (1);") == 4)
    }
}
