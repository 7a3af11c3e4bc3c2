import Testing

@testable import PgServer

@Suite("A connection's prepared statements")
struct PreparedStatementsTests {
    let statement = Statement("SELECT 1")

    func name(_ text: String) -> [CChar] { Array(text.utf8CString) }

    @Test("are relied on only when their Parse has succeeded")
    func confirmed() {
        var statements = PreparedStatements()
        #expect(statements.use(statement) == .prepare(name("s1")))
        #expect(statements.use(statement) == .text)
        statements.confirm(statement)
        #expect(statements.use(statement) == .named(name("s1")))
    }

    @Test("are parsed again under a new name if the Parse failed")
    func withdrawn() {
        var statements = PreparedStatements()
        _ = statements.use(statement)
        statements.withdraw(statement)
        #expect(statements.use(statement) == .prepare(name("s2")))
    }

    @Test("stay prepared if something else failed")
    func kept() {
        var statements = PreparedStatements()
        _ = statements.use(statement)
        statements.confirm(statement)
        statements.withdraw(statement)
        #expect(statements.use(statement) == .named(name("s1")))
    }

    @Test("are told apart by object, not by text")
    func identity() {
        var statements = PreparedStatements()
        _ = statements.use(statement)
        statements.confirm(statement)
        #expect(statements.use(Statement("SELECT 1")) == .prepare(name("s2")))
    }

    @Test("are bounded; what comes later is sent as text")
    func bounded() {
        var statements = PreparedStatements(countMax: 2)
        let others = [Statement("SELECT 2"), Statement("SELECT 3")]
        #expect(statements.use(statement) == .prepare(name("s1")))
        #expect(statements.use(others[0]) == .prepare(name("s2")))
        #expect(statements.use(others[1]) == .text)
        statements.forgetAll()
        #expect(statements.use(others[1]) == .prepare(name("s3")))
    }

    @Test("are never made of SQL that runs once")
    func once() {
        var statements = PreparedStatements()
        #expect(statements.use(Statement("SELECT 1", isPrepared: false)) == .text)
        #expect(statements.count == 0)
    }
}
