import Testing

@testable import PgServer

@Suite("A pool that reaches no database")
struct PoolWithoutDatabaseTests {
    let loop = PollLoop()
    let book = AnswerBook()

    func makePool(waitingCountMax: Int = 8) -> Pool {
        var configuration = PoolConfiguration(
            connection: ConnectionConfiguration(keywords: [("dbname", "host=/nonexistent dbname=none user=none")]))
        configuration.waitingCountMax = waitingCountMax
        configuration.queueTimeout = .milliseconds(100)
        configuration.reconnectPauseFirst = .milliseconds(1)
        configuration.reconnectPauseLongest = .milliseconds(10)
        let pool = Pool(configuration: configuration, loop: loop, canceller: Canceller())
        pool.start()
        return pool
    }

    func ask(_ pool: Pool, _ connectionClass: Transaction.Class = .fast) -> Transaction {
        let transaction = Transaction(call: Statement("SELECT 1"), timeout: .seconds(1))
        transaction.connectionClass = connectionClass
        pool.submit(book.expect(transaction))
        return transaction
    }

    @Test(
        "lets a request wait as long as anything may wait, and no longer", arguments: [Transaction.Class.fast, .slow])
    func waits(_ connectionClass: Transaction.Class) {
        let pool = makePool()
        _ = ask(pool, connectionClass)
        #expect(book.answerCount == 0)
        #expect(loop.run { book.answerCount == 1 })
        #expect(book.inOrder == [.unavailable(.waitedTooLong, mayHaveCommitted: false)])
        pool.stop()
    }

    @Test("refuses at once what the queue does not hold, for each class by itself")
    func bounded() {
        let pool = makePool(waitingCountMax: 2)
        for _ in 0..<3 { _ = ask(pool) }
        #expect(book.inOrder == [nil, nil, .unavailable(.queueFull, mayHaveCommitted: false)])
        _ = ask(pool, .slow)
        #expect(book.answerCount == 1)
        #expect(pool.metrics.fast.waiting == 2 && pool.metrics.slow.waiting == 1)
        pool.stop()
    }

    @Test("forgets a request whose client has gone, and has room again")
    func cancelled() {
        let pool = makePool(waitingCountMax: 1)
        let first = ask(pool)
        pool.cancel(first)
        _ = ask(pool)
        #expect(loop.run { book.answerCount == 1 })
        #expect(book.inOrder == [nil, .unavailable(.waitedTooLong, mayHaveCommitted: false)])
        #expect(pool.metrics.fast.abandoned == 1)
        pool.stop()
    }

    @Test("tries again and again, and says why it fails")
    func reconnects() {
        let pool = makePool()
        #expect(loop.run { pool.metrics.fast.connectFailures > 12 })
        #expect(pool.lastConnectionError?.contains("/nonexistent") == true)
        #expect(!pool.isReady)
        pool.stop()
    }

    @Test("answers everybody when it stops, and refuses who comes later")
    func stopped() {
        let pool = makePool()
        _ = ask(pool)
        pool.stop()
        _ = ask(pool)
        #expect(book.inOrder == Array(repeating: .unavailable(.stopping, mayHaveCommitted: false), count: 2))
    }
}
