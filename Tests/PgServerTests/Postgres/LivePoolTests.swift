import Testing

@testable import PgServer

@Suite("A pool over PostgreSQL", .enabled(if: LiveDatabase.target != nil))
struct LivePoolTests {
    let loop = PollLoop()
    let book = AnswerBook()
    let database = LiveDatabase()
    let context = Statement("SELECT set_config('request.name', $1, true), set_config('statement_timeout', $2, true)")

    func makePool(_ change: (inout PoolConfiguration) -> Void = { _ in }) -> Pool {
        var configuration = PoolConfiguration(
            connection: ConnectionConfiguration(keywords: [("dbname", LiveDatabase.target ?? "")]))
        configuration.connection.applicationName = database.schema
        configuration.connection.settings = [
            ("search_path", database.schema), ("pgserver.settings", #"{"a": "b c\\d"}"#),
        ]
        configuration.fastConnectionCount = 2
        configuration.slowConnectionCount = 1
        change(&configuration)
        let pool = Pool(configuration: configuration, loop: loop, canceller: Canceller())
        pool.start()
        #expect(loop.run { pool.metrics.fast.connectionsReady == configuration.fastConnectionCount && pool.isReady })
        return pool
    }

    func transaction(_ call: Statement, _ arguments: [String] = [], timeout: Duration = .seconds(10)) throws
        -> Transaction
    {
        let transaction = Transaction(call: call, timeout: timeout)
        transaction.context = context
        try transaction.contextArguments.append("name")
        try transaction.contextArguments.append("\(Int(timeout / .milliseconds(1)))ms")
        for argument in arguments { try transaction.callArguments.append(argument) }
        return transaction
    }

    func submit(_ pool: Pool, _ call: Statement, _ arguments: [String] = []) throws {
        pool.submit(book.expect(try transaction(call, arguments)))
    }

    /// Waits for every answer, then closes the pool.
    func finish(_ pool: Pool, _ answerCount: Int) {
        #expect(loop.run { book.answerCount == answerCount })
        pool.stop()
        #expect(book.answerCount == answerCount)
    }

    @Test("answers each of many pipelined transactions, whatever becomes of its neighbours")
    func pipelined() throws {
        let pool = makePool()
        let divide = Statement("SELECT 100 / $1::int")
        for number in 0..<200 { try submit(pool, divide, ["\(number % 3)"]) }
        #expect(loop.run { book.answerCount == 200 })
        let expected: [AnswerBook.Entry?] = (0..<200).map {
            $0 % 3 == 0 ? .failed("22012") : .value($0 % 3 == 1 ? "100" : "50")
        }
        #expect(book.inOrder == expected)
        let metrics = pool.metrics.fast
        #expect(metrics.transactions == 200 && metrics.errors == 67 && metrics.inFlight == 0 && metrics.waiting == 0)
        finish(pool, 200)
    }

    @Test(
        "keeps reads to half of the connections, and to one while they are short, and gives writes as many as are free",
        arguments: [(true, Duration.zero, 2), (true, .seconds(600), 1), (false, .seconds(600), 4)])
    func halves(isReadOnly: Bool, sharingWait: Duration, connectionCount: Int) throws {
        let pool = makePool {
            $0.fastConnectionCount = 4
            $0.fastDepthMax = 16
            $0.readSharingWait = sharingWait
            $0.stallThreshold = .seconds(600)
        }
        for _ in 0..<16 {
            let transaction = try transaction(Statement("SELECT pg_backend_pid()"))
            transaction.isReadOnly = isReadOnly
            pool.submit(book.expect(transaction))
        }
        #expect(loop.run { book.answerCount == 16 })
        #expect(Set(book.inOrder.map { String(describing: $0) }).count == connectionCount)
        finish(pool, 16)
    }

    @Test("gives a read another's connection before it lets it wait")
    func borrows() throws {
        let pool = makePool { $0.fastDepthMax = 1 }
        for _ in 0..<2 {
            let transaction = try transaction(Statement("SELECT pg_sleep(0.05)"))
            transaction.isReadOnly = true
            pool.submit(book.expect(transaction))
        }
        #expect(pool.metrics.fast.inFlight == 2 && pool.metrics.fast.waiting == 0)
        finish(pool, 2)
    }

    @Test("prepares each statement once a connection, and not at all what runs once")
    func prepared() throws {
        let pool = makePool { $0.fastConnectionCount = 1 }
        let count = Statement("SELECT count(*) FROM pg_prepared_statements")
        for answers in 1...3 {
            try submit(pool, count)
            #expect(loop.run { book.answerCount == answers })
        }
        try submit(pool, Statement("SELECT 1", isPrepared: false))
        #expect(loop.run { book.answerCount == 4 })
        #expect(book.inOrder == [.value("2"), .value("2"), .value("2"), .value("1")])
        #expect(pool.metrics.fast.statementsPrepared == 2)
        pool.forgetStatements()
        try submit(pool, Statement("SELECT count(*) FROM pg_prepared_statements", isPrepared: false))
        #expect(loop.run { book.answerCount == 5 })
        #expect(book.inOrder.last == .value("1"))  // the context again, under a new name
        finish(pool, 5)
    }

    @Test("knows a failure that comes only with the commit, after the rows")
    func deferred() throws {
        database.execute(
            """
            CREATE TABLE parents (id int PRIMARY KEY);
            CREATE TABLE children (parent int CONSTRAINT children_parent_fkey REFERENCES parents
                DEFERRABLE INITIALLY DEFERRED);
            """)
        let pool = makePool { $0.fastConnectionCount = 1 }
        let insert = Statement("INSERT INTO children VALUES ($1::int) RETURNING parent")
        try submit(pool, Statement("SELECT 'before'"))
        try submit(pool, insert, ["7"])
        try submit(pool, Statement("SELECT 'after'"))
        finish(pool, 3)
        #expect(book.inOrder == [.value("before"), .failed("23503"), .value("after")])
        #expect(book.failures.first?.constraint == "children_parent_fkey")
        #expect(database.execute("SELECT count(*) FROM children") == "0")
    }

    @Test("fails only the transaction whose statement does not parse, and can use the connection's others")
    func unparsable() throws {
        let pool = makePool { $0.fastConnectionCount = 1 }
        let wrong = Statement("SELECT nothing_like_this()")
        for call in [wrong, Statement("SELECT 1"), wrong] { try submit(pool, call) }
        #expect(loop.run { book.answerCount == 3 })
        database.execute("CREATE FUNCTION nothing_like_this() RETURNS int LANGUAGE sql AS 'SELECT 5'")
        try submit(pool, wrong)
        finish(pool, 4)
        #expect(book.inOrder == [.failed("42883"), .value("1"), .failed("42883"), .value("5")])
    }

    @Test("keeps a statement prepared though its first transaction failed in the call")
    func preparedByFailure() throws {
        let pool = makePool { $0.fastConnectionCount = 1 }
        let divide = Statement("SELECT 100 / $1::int")
        for (number, divisor) in ["0", "4"].enumerated() {
            try submit(pool, divide, [divisor])
            #expect(loop.run { book.answerCount == number + 1 })
        }
        #expect(book.inOrder == [.failed("22012"), .value("25")])
        #expect(pool.metrics.fast.statementsPrepared == 2)
        finish(pool, 2)
    }

    @Test("prepares anew when a statement's columns have changed, and when PostgreSQL has lost it")
    func stale() throws {
        database.execute("CREATE TABLE things (a int); INSERT INTO things VALUES (1)")
        let pool = makePool { $0.fastConnectionCount = 1 }
        let read = Statement("SELECT * FROM things")
        try submit(pool, read)
        #expect(loop.run { book.answerCount == 1 })
        database.execute("ALTER TABLE things ADD COLUMN b int")
        try submit(pool, read)
        #expect(loop.run { book.answerCount == 2 })
        #expect(pool.metrics.fast.stalePlanRetries == 1)
        try submit(pool, Statement("DEALLOCATE ALL", isPrepared: false))
        #expect(loop.run { book.answerCount == 3 })
        try submit(pool, read)  // both its statements are unknown now
        finish(pool, 4)
        #expect(pool.metrics.fast.stalePlanRetries == 2)
        #expect(book.inOrder == [.value("1"), .value("1"), .noRows, .value("1")])
        #expect(book.failures.isEmpty)
    }

    @Test("lends large answers and takes large arguments, more than a socket holds")
    func large() throws {
        let pool = makePool { $0.fastConnectionCount = 1 }
        let text = String(repeating: "0123456789", count: 800_000)
        for _ in 0..<4 { try submit(pool, Statement("SELECT $1::text"), [text]) }
        try submit(pool, Statement("SELECT 'small'"))
        finish(pool, 5)
        #expect(book.inOrder == Array(repeating: .value(text), count: 4) + [.value("small")])
    }

    @Test("carries binary values, nulls and settings as they are")
    func values() throws {
        let pool = makePool { $0.fastConnectionCount = 1 }
        let length = try transaction(Statement("SELECT octet_length($1::bytea) || coalesce($2::text, ' null')"))
        length.callArguments.append(binary: [0, 255, 0].span)
        length.callArguments.appendNull()
        pool.submit(book.expect(length))
        try submit(pool, Statement("SELECT current_setting('pgserver.settings')"))
        try submit(pool, Statement("SELECT '\\x0102'::bytea", resultFormat: .binary))
        finish(pool, 3)
        #expect(book.inOrder == [.value("3 null"), .value(#"{"a": "b c\\d"}"#), .value("\u{1}\u{2}")])
    }

    @Test("runs a declared transaction again after a conflict, twice at most", arguments: [(2, true), (3, false)])
    func conflicts(_ failureCount: Int, _ succeeds: Bool) throws {
        database.execute(
            """
            CREATE SEQUENCE runs;
            CREATE FUNCTION conflict(failures int) RETURNS text LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('runs') <= failures THEN RAISE 'conflict' USING ERRCODE = '40001'; END IF;
                RETURN 'done';
            END $$;
            """)
        let pool = makePool()
        let retried = try transaction(Statement("SELECT conflict($1::int)"), ["\(failureCount)"])
        retried.isRetryable = true
        pool.submit(book.expect(retried))
        #expect(loop.run { book.answerCount == 1 })
        #expect(book.inOrder == [succeeds ? .value("done") : .failed("40001")])
        #expect(pool.metrics.fast.conflictRetries == 2)
        finish(pool, 1)
    }

    @Test("connects again after its backends were killed under load: reads survive, writes say what is known")
    func terminated() throws {
        database.execute("CREATE TABLE marks (id int PRIMARY KEY)")
        let pool = makePool { $0.reconnectPauseLongest = .milliseconds(200) }
        let read = Statement("SELECT pg_sleep(0.002)::text || $1")
        let write = Statement("INSERT INTO marks VALUES ($1::int) RETURNING id")
        for number in 0..<200 {
            let isRead = number % 2 == 0
            let next = try transaction(isRead ? read : write, ["\(number)"])
            next.isReadOnly = isRead
            pool.submit(book.expect(next))
        }
        #expect(loop.run { book.answerCount >= 20 })
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(database.schema)'")
        #expect(loop.run { book.answerCount == 200 })
        var unknownCount = 0
        for (number, entry) in book.inOrder.enumerated() {
            if number % 2 == 1, entry == .unavailable(.connectionLost, mayHaveCommitted: true) {
                unknownCount += 1
            } else {
                #expect(entry == .value("\(number)"))
            }
        }
        #expect(unknownCount <= 16)  // two connections, eight deep
        #expect(loop.run { pool.metrics.fast.connectionsReady == 2 })
        #expect(pool.metrics.fast.connectionsLost == 2)
        let written = try #require(Int(database.execute("SELECT count(*) FROM marks") ?? ""))
        #expect(written >= 100 - unknownCount)
        finish(pool, 200)
    }

    /// One connection that takes neighbours however slowly this test runs: what is sent in a stall waits otherwise, and
    /// is no neighbour.
    func makePoolOfNeighbours(_ change: (inout PoolConfiguration) -> Void = { _ in }) -> Pool {
        makePool {
            $0.fastConnectionCount = 1
            $0.stallThreshold = .seconds(60)
            change(&$0)
        }
    }

    @Test("cancels the query of a client that has gone and lets every neighbour finish")
    func cancelled() throws {
        let pool = makePoolOfNeighbours()
        let sleeper = book.expect(try transaction(Statement("SELECT pg_sleep(30)")))
        pool.submit(sleeper)
        let count = Statement("SELECT count(*)::text FROM generate_series(1, $1::int)")
        for number in 0..<7 { try submit(pool, count, ["\(number * 10_000)"]) }
        #expect(pool.metrics.fast.inFlight == 8)
        try submit(pool, count, ["8"])
        pool.cancel(sleeper)
        #expect(loop.run { book.answerCount == 8 })
        #expect(book.inOrder == [nil] + (0..<7).map { .value("\($0 * 10_000)") } + [.value("8")])
        #expect(pool.metrics.fast.cancelsSent == 1 && pool.metrics.fast.abandoned == 1)
        finish(pool, 8)
    }

    @Test("ends a transaction early for an owner who wants to know how it ended")
    func interrupted() throws {
        let pool = makePool { $0.slowDepthMax = 1 }
        let sleeper = try transaction(Statement("SELECT pg_sleep(60)"), timeout: .seconds(120))
        sleeper.connectionClass = .slow
        pool.submit(book.expect(sleeper))
        let waiter = try transaction(Statement("SELECT 1"))
        waiter.connectionClass = .slow
        pool.submit(book.expect(waiter))
        let running = """
            SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active'
            """
        #expect(loop.run { database.execute(running) == "1" })
        pool.interrupt(waiter)
        #expect(book.inOrder == [nil, .failed("57014")], "what waits has not begun")
        pool.interrupt(sleeper)
        #expect(loop.run { book.answerCount == 2 })
        #expect(book.inOrder == [.failed("57014"), .failed("57014")])
        #expect(pool.metrics.slow.neighbourRetries == 0 && pool.metrics.slow.cancelsSent == 1)
        // The connection serves on, and who was interrupted once may be submitted again.
        pool.submit(book.expect(waiter))
        #expect(loop.run { book.answerCount == 3 })
        #expect(book.inOrder.last == .value("1"))
        pool.interrupt(waiter)  // too late, which harms nobody
        finish(pool, 3)
    }

    @Test("hands notices to an owner who wants them while the statement runs, and to nobody else")
    func notices() throws {
        let pool = makePool()
        let says = Statement("SELECT \(database.schema).says($1, $2::int)")
        database.execute(
            """
            CREATE FUNCTION says(text, integer) RETURNS integer LANGUAGE plpgsql AS $$
            BEGIN
                RAISE NOTICE USING ERRCODE = 'PT00P', MESSAGE = $1;
                PERFORM pg_advisory_xact_lock($2);
                RETURN 1;
            END $$
            """)
        let key = Int32.random(in: 1 ... .max)
        database.execute("SELECT pg_advisory_lock(\(key))")
        let listening = try transaction(says, ["half", "\(key)"])
        listening.wantsNotices = true
        pool.submit(book.expect(listening))
        pool.submit(book.expect(try transaction(says, ["unheard", "\(key)"])))
        #expect(loop.run { !book.notices.isEmpty })
        #expect(book.answerCount == 0, "it was said while it ran")
        database.execute("SELECT pg_advisory_unlock(\(key))")
        finish(pool, 2)
        #expect(book.notices == ["PT00P half"])
    }

    @Test("runs a neighbour again that a late cancel request hit")
    func neighbour() throws {
        database.execute("CREATE TABLE marks (id int)")
        // The pool itself must not send a second request, however slow this is: the neighbour's next run knows of one.
        let pool = makePoolOfNeighbours { $0.cancelRepeatPause = .seconds(600) }
        let leaver = book.expect(try transaction(Statement("SELECT pg_sleep(300)"), timeout: .seconds(600)))
        pool.submit(leaver)
        let key = Int32.random(in: 1 ... .max)
        database.execute("SELECT pg_advisory_lock(\(key))")
        let mark = Statement(
            "WITH w AS (INSERT INTO marks VALUES (1)) SELECT pg_advisory_xact_lock($1::int)::text || 'stayed'")
        pool.submit(book.expect(try transaction(mark, ["\(key)"], timeout: .seconds(600))))
        pool.cancel(leaver)
        #expect(loop.run { pool.metrics.fast.abandoned == 1 })
        // The request for the leaver, as if it arrived only now: unless it did, for PostgreSQL signals a backend twice
        // for each request, itself and its process group.
        let cancel = """
            SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
            WHERE application_name = '\(database.schema)' AND state = 'active' AND query LIKE '%marks%'
            """
        #expect(loop.run { pool.metrics.fast.neighbourRetries == 1 || database.execute(cancel) == "1" })
        #expect(loop.run { pool.metrics.fast.neighbourRetries == 1 })
        database.execute("SELECT pg_advisory_unlock(\(key))")
        finish(pool, 1)
        #expect(book.inOrder == [nil, .value("stayed")])
        #expect(pool.metrics.fast.neighbourRetries == 1)
        #expect(database.execute("SELECT count(*) FROM marks") == "1")
    }

    @Test("harms no neighbour, whenever a cancel request arrives")
    func neighbours() throws {
        database.execute("CREATE TABLE marks (id int)")
        let pool = makePoolOfNeighbours { $0.cancelPatience = .zero }
        // A request takes about as long as these sleeps: some arrive in time, some late.
        let sleep = Statement("SELECT pg_sleep($1::float8 / 10000)")
        let write = Statement("WITH w AS (INSERT INTO marks VALUES ($1::int)) SELECT pg_sleep(0.003)::text || $1")
        for turn in 0..<60 {
            let leaver = try transaction(sleep, ["\(turn)"])
            pool.submit(leaver)
            for part in 0..<2 { try submit(pool, write, ["\(turn * 2 + part)"]) }
            pool.cancel(leaver)
            #expect(loop.run { book.answerCount == 2 * turn + 2 && pool.metrics.fast.inFlight == 0 })
        }
        #expect(pool.metrics.fast.cancelsSent > 0)
        #expect(book.inOrder == (0..<120).map { .value("\($0)") })
        #expect(database.execute("SELECT count(DISTINCT id) || ' of ' || count(*) FROM marks") == "120 of 120")
        pool.stop()
    }

    @Test("keeps short calls off a connection where a long one runs")
    func stalled() throws {
        let pool = makePool()
        let long = book.expect(try transaction(Statement("SELECT pg_sleep(30)")))
        pool.submit(long)
        let isStalled = ContinuousClock.now + PoolConfiguration(connection: .init(keywords: [])).stallThreshold
        _ = loop.run { loop.now > isStalled }
        for _ in 0..<20 { try submit(pool, Statement("SELECT 'short'")) }
        #expect(loop.run { book.answerCount == 20 })
        #expect(book.inOrder == [nil] + Array(repeating: .value("short"), count: 20))
        #expect(pool.metrics.fast.inFlight == 1)
        pool.cancel(long)
        #expect(loop.run { pool.metrics.fast.abandoned == 1 })
        finish(pool, 20)
    }

    @Test("gives a connection up whose backend does not keep to its time limit")
    func hung() throws {
        let pool = makePool {
            $0.fastConnectionCount = 1
            $0.hangGrace = .milliseconds(100)
        }
        // Without a context PostgreSQL knows no limit, as if it did not hear the clock.
        pool.submit(book.expect(Transaction(call: Statement("SELECT pg_sleep(60)"), timeout: .milliseconds(100))))
        let reader = try transaction(Statement("SELECT 'read'"))
        reader.isReadOnly = true
        pool.submit(book.expect(reader))
        #expect(loop.run { book.answerCount == 2 })
        #expect(book.inOrder == [.unavailable(.backendHung, mayHaveCommitted: true), .value("read")])
        #expect(pool.metrics.fast.watchdogKills == 1)
        finish(pool, 2)
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(database.schema)'")
    }

    @Test("never sends to a slow connection more than its depth, and bounds what waits")
    func slow() throws {
        let pool = makePool { $0.waitingCountMax = 3 }
        for _ in 0..<5 {
            let next = try transaction(Statement("SELECT pg_sleep(0.01)::text || 'slow'"))
            next.connectionClass = .slow
            pool.submit(book.expect(next))
            #expect(pool.metrics.slow.inFlight == 1)
        }
        #expect(book.inOrder.last == .unavailable(.queueFull, mayHaveCommitted: false))
        finish(pool, 5)
        #expect(book.inOrder.dropLast().allSatisfy { $0 == .value("slow") })
    }

    @Test("can be submitted again from its own answer")
    func reused() throws {
        final class Repeater: TransactionOwner {
            var left = 50
            let pool: Pool
            init(pool: Pool) { self.pool = pool }
            func answered(_ transaction: Transaction, _ answer: consuming Answer) {
                guard case .rows = consume answer, left > 0 else { return }
                left -= 1
                transaction.owner = self
                pool.submit(transaction)
            }
        }
        let pool = makePool()
        let repeater = Repeater(pool: pool)
        let first = try transaction(Statement("SELECT 1"))
        first.owner = repeater
        pool.submit(first)
        #expect(loop.run { repeater.left == 0 && pool.metrics.fast.inFlight == 0 })
        #expect(pool.metrics.fast.transactions == 51)
        pool.stop()
    }
}
