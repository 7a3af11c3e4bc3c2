import Testing

@testable import PgServer

@Suite("A connection string")
struct ConnectionStringTests {
    static let merges: [([(String, String)], String)] = [
        (
            [
                ("dbname", "postgresql://postgres:a@db:5433/app?sslmode=require"), ("user", "pgserver"),
                ("password", "b"),
            ],
            "dbname='app' host='db' port='5433' sslmode='require' user='pgserver' password='b'"
        ),
        ([("dbname", "host=db user=x"), ("user", "y")], "host='db' user='y'"),
        ([("dbname", "app"), ("host", "db")], "dbname='app' host='db'"),
        ([("password", #"it's a \"#)], #"password='it\'s a \\'"#),
    ]

    @Test("is what its keywords say, the last of each", arguments: merges)
    func merging(_ keywords: [(String, String)], _ expected: String) throws {
        #expect(try ConnectionString.merging(keywords) == expected)
    }

    @Test("is refused in libpq's words when it cannot be read")
    func malformed() {
        let error = #expect(throws: PostgresError.self) { try ConnectionString.merging([("dbname", "nonsense=1")]) }
        #expect(error?.failure.message.contains("invalid connection option") == true)
    }
}
