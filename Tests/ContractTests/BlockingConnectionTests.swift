import Testing

@testable import PgServer

@Suite("A connection that waits", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct BlockingConnectionTests {
    private func connect() throws -> BlockingConnection {
        try BlockingConnection(conninfo: TestCluster.administratorURL())
    }

    @Test("gives rows as text, with nil for NULL, and takes parameters")
    func rows() throws {
        let rows = try connect().rows("SELECT $1::int + 1, $2::text, NULL", ["41", nil])
        #expect(rows == [["42", nil, nil]])
    }

    @Test("says which statement of a script failed, why and where")
    func failure() throws {
        let error = #expect(throws: PostgresError.self) { try connect().run("SELECT 1; SELECT 2; SELECT 1 / 0") }
        #expect(error?.failure.sqlState == "22012")
        #expect(error?.completedStatementCount == 2)
        let misspelt = #expect(throws: PostgresError.self) { try connect().run("SELECT nothing") }
        #expect(misspelt?.failure.sqlState == "42703")
        #expect(misspelt?.position == 8)
    }

    @Test("is usable after a failure")
    func after() throws {
        let connection = try connect()
        #expect(throws: PostgresError.self) { try connection.run("SELECT 1 / 0; SELECT 2") }
        #expect(throws: PostgresError.self) { try connection.run("COPY pg_class FROM STDIN") }
        try connection.run("COPY (SELECT 1) TO STDOUT")
        #expect(try connection.rows("SELECT 3") == [["3"]])
    }

    @Test("refuses a text with a NUL rather than cutting it short")
    func nul() throws {
        let connection = try connect()
        #expect(throws: PostgresError.self) { try connection.run("SELECT 1\0; SELECT 2") }
        #expect(throws: PostgresError.self) { try connection.rows("SELECT $1", ["a\0b"]) }
    }

    @Test("waits for a notification, and says when the time is up")
    func notification() throws {
        let listener = try connect()
        try listener.listen("A channel")
        #expect(try listener.waitForNotification(timeout: .milliseconds(1)) == nil)
        try connect().run("NOTIFY \"A channel\", 'hello'")
        let notification = try listener.waitForNotification(timeout: .seconds(20))
        #expect(notification?.channel == "A channel")
        #expect(notification?.payload == "hello")
    }

    @Test("stops waiting when it is woken, and hears what came meanwhile")
    func woken() throws {
        let listener = try connect()
        try listener.listen("a channel")
        let wake = try WakeEvent()
        wake.signal()
        #expect(try listener.waitForNotification(timeout: .seconds(600), wake: wake) == nil)
        // A notification that is there already comes first.
        _ = try listener.rows("SELECT pg_notify('a channel', 'hello')")
        #expect(try listener.waitForNotification(timeout: .seconds(600), wake: wake)?.payload == "hello")
        #expect(try listener.waitForNotification(timeout: .zero) == nil)
        wake.clear()
        _ = try connect().rows("SELECT pg_notify('a channel', 'again')")
        #expect(try listener.waitForNotification(timeout: .seconds(20), wake: wake)?.payload == "again")
    }

    @Test("notices that it was cut off while it waited")
    func cutOff() throws {
        let listener = try connect()
        try listener.listen("silence")
        let backend = try listener.rows("SELECT pg_backend_pid()").first?.first.flatMap { $0 }
        _ = try connect().rows("SELECT pg_terminate_backend($1)", [backend])
        #expect(throws: PostgresError.self) { try listener.waitForNotification(timeout: .seconds(20)) }
    }

    @Test("hands notices to its handler")
    func notices() throws {
        let connection = try connect()
        var notices: [String] = []
        connection.noticeHandler = { notices.append("\($0): \($1)") }
        try connection.run("DO $$ BEGIN RAISE NOTICE 'look'; RAISE WARNING 'beware'; END $$")
        #expect(notices == ["NOTICE: look", "WARNING: beware"])
    }

    @Test("quotes names and texts so that they stay names and texts")
    func quoting() throws {
        let connection = try connect()
        let name = #"a"b'; DROP"#
        let (identifier, literal) = try (connection.quoted(identifier: name), connection.quoted(literal: name))
        #expect(try connection.rows("SELECT \(literal) AS \(identifier)") == [[name]])
    }

    @Test("makes a SCRAM verifier, so that no password goes to the server")
    func verifier() throws {
        #expect(try connect().scramVerifier(password: "p", role: "r").hasPrefix("SCRAM-SHA-256$4096:"))
    }

    @Test("fails in libpq's words when there is nobody to connect to")
    func nobody() {
        let error = #expect(throws: PostgresError.self) {
            try BlockingConnection(conninfo: "host=127.0.0.1 port=1 dbname=none")
        }
        #expect(error?.failure.sqlState == "08006")
        #expect(error?.failure.message.contains("refused") == true)
    }
}
