import Foundation
import Synchronization
import Testing

@testable import PgServer

/// What the sequencer makes of transactions that really commit, in whatever order, over several connections.
@Suite("The log of events", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct EventLogTests {
    private static let first = "00000000-0000-4000-8000-00000000000d"
    private static let second = "00000000-0000-4000-8000-00000000000b"

    /// A database of one test's own: its positions are nobody else's.
    private struct Log {
        let url: String

        init() throws {
            url = try IdentityServer.freshDatabase()
            try connect().run("SELECT core.declare_topic('testing.thing', 'Things.')")
        }

        func connect() throws -> BlockingConnection { try BlockingConnection(conninfo: url) }
    }

    private static func publish(_ subject: String, of tenant: String = first, on connection: BlockingConnection) throws
    {
        _ = try connection.rows(
            "SELECT core.publish('testing.thing', 'testing.thing.made', subject_id => $1, tenant_id => $2::uuid)",
            [subject, tenant])
    }

    /// What one look numbers, as `subject=position`.
    private static func look(_ connection: BlockingConnection, atMost count: Int = 1000) throws -> [String] {
        try connection.rows(
            "SELECT subject_id, \"position\" FROM api.sequence_events($1::int) WHERE topic = 'testing.thing'",
            [String(count)]
        ).map { "\($0[0] ?? "")=\($0[1] ?? "")" }
    }

    @Test("numbers what commits late when it commits, and never below a number already given")
    func lateCommitters() throws {
        let log = try Log()
        let (early, late, other, sequencer) = (
            try log.connect(), try log.connect(), try log.connect(), try log.connect()
        )
        try late.run("BEGIN")
        try Self.publish("late", on: late)
        try other.run("BEGIN")
        try Self.publish("rolled back", on: other)
        try Self.publish("early", on: early)
        #expect(try Self.look(sequencer) == ["early=1"])
        #expect(try sequencer.rows("SELECT api.sequencer_pending()") == [["t"]])
        #expect(try Self.look(sequencer) == [])
        try Self.publish("next", on: early)
        try late.run("COMMIT")
        try other.run("ROLLBACK")
        #expect(try Self.look(sequencer) == ["late=2", "next=3"])
        #expect(try Self.look(sequencer) == [])
    }

    @Test("outlives a crash once its position is told, even where commits need not")
    func durable() throws {
        let log = try Log()
        let (writer, sequencer) = (try log.connect(), try log.connect())
        func isWaitedFor() throws -> [[String?]] { try sequencer.rows("SHOW synchronous_commit") }
        try sequencer.run("SET synchronous_commit = off; BEGIN")
        #expect(try Self.look(sequencer) == [])
        #expect(try isWaitedFor() == [["off"]])
        try Self.publish("one", on: writer)
        #expect(try Self.look(sequencer) == ["one=1"])
        #expect(try isWaitedFor() == [["on"]])
        try sequencer.run("COMMIT")
    }

    @Test("is held up by no transaction that stays open, here or in another database")
    func openTransactions() throws {
        let log = try Log()
        let (here, there, snapshot) = (
            try log.connect(), try BlockingConnection(conninfo: TestCluster.administratorURL()), try log.connect()
        )
        try here.run("BEGIN; SELECT pg_current_xact_id()")
        try there.run("BEGIN; SELECT pg_current_xact_id()")
        try snapshot.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM core.events")
        let (writer, sequencer) = (try log.connect(), try log.connect())
        for number in 1...20 {
            try Self.publish("\(number)", on: writer)
            #expect(try Self.look(sequencer) == ["\(number)=\(number)"])
        }
        try Self.publish("here", on: here)
        try here.run("COMMIT")
        #expect(try Self.look(sequencer) == ["here=21"])
    }

    @Test("takes a transaction larger than a look in pieces, whatever commits meanwhile")
    func largeTransaction() throws {
        let log = try Log()
        let (writer, other, sequencer) = (try log.connect(), try log.connect(), try log.connect())
        try writer.run("BEGIN")
        for number in 1...25 { try Self.publish("\(number)", on: writer) }
        try Self.publish("before", on: other)
        try writer.run("COMMIT")
        var seen: [String] = []
        for piece in 0..<4 {
            let found = try Self.look(sequencer, atMost: 10)
            #expect(found.count <= 10)
            seen += found
            try Self.publish("meanwhile \(piece)", on: other)
        }
        while case let found = try Self.look(sequencer, atMost: 10), !found.isEmpty { seen += found }
        let whole = (1...25).map(String.init) + ["before"] + (0..<4).map { "meanwhile \($0)" }
        #expect(seen == whole.enumerated().map { "\($1)=\($0 + 1)" })
    }

    @Test("gives every committed event one position, with no gap, while many writers commit and roll back")
    func manyWriters() throws {
        let log = try Log()
        let (writerCount, transactionCount) = (8, 30)
        let committed = Mutex<[String: [String]]>([:])
        let runningCount = Atomic(writerCount)
        for writer in 0..<writerCount {
            let thread = Thread {
                defer { runningCount.subtract(1, ordering: .sequentiallyConsistent) }
                do {
                    let connection = try log.connect()
                    var random = SystemRandomNumberGenerator()
                    for transaction in 0..<transactionCount {
                        let tenant = transaction % 3 == 0 ? Self.second : Self.first
                        let subjects = (0..<Int.random(in: 1...4, using: &random)).map {
                            "\(writer).\(transaction).\($0)"
                        }
                        try connection.run("BEGIN")
                        for subject in subjects {
                            try Self.publish(subject, of: tenant, on: connection)
                            if Bool.random(using: &random) { try connection.run("SELECT pg_sleep(0.001)") }
                        }
                        let isKept = Int.random(in: 0..<5, using: &random) > 0
                        try connection.run(isKept ? "COMMIT" : "ROLLBACK")
                        if isKept { committed.withLock { $0[tenant, default: []] += subjects } }
                    }
                } catch { Issue.record("writer \(writer): \(error)") }
            }
            thread.start()
        }

        // Two that number at once get in each other's way no more than one would.
        let sequencers = [try log.connect(), try log.connect()]
        let listener = try log.connect()
        try listener.listen("pgserver_events")
        var numbered: [String: [(position: Int, subject: String)]] = [:]
        var serials: [Int] = []
        var isLast = false
        while true {
            var foundCount = 0
            for sequencer in sequencers {
                let rows = try sequencer.rows(
                    "SELECT serial, tenant_id, \"position\", subject_id FROM api.sequence_events(7)")
                for row in rows {
                    serials.append(try #require(row[0].flatMap { Int($0) }))
                    numbered[row[1] ?? "", default: []].append(
                        (try #require(row[2].flatMap { Int($0) }), row[3] ?? ""))
                }
                foundCount += rows.count
            }
            if foundCount == 0, isLast { break }
            if foundCount == 0 { _ = try listener.waitForNotification(timeout: .milliseconds(20)) }
            isLast = runningCount.load(ordering: .sequentiallyConsistent) == 0
        }
        #expect(serials == Array(1...serials.count))
        for (tenant, subjects) in committed.withLock({ $0 }) {
            let found = numbered[tenant] ?? []
            #expect(found.map(\.position) == Array(1...max(found.count, 1)), "\(tenant)")
            #expect(found.map(\.subject).sorted() == subjects.sorted(), "\(tenant)")
            // What one transaction published stays in its order.
            let bySource = Dictionary(grouping: found.map(\.subject)) { $0.split(separator: ".").prefix(2).joined() }
            #expect(bySource.values.allSatisfy { $0 == $0.sorted() })
        }
        let stored = try sequencers[0].rows(
            """
            SELECT count(*) - max(serial), count(*) - count(DISTINCT (xid, event_id)) FROM core.event_positions
            """)
        #expect(stored == [["0", "0"]])
    }

    @Test("wakes whoever waits, when a writer commits and when positions are given")
    func waking() throws {
        let log = try Log()
        let (listener, writer, long, sequencer) = (
            try log.connect(), try log.connect(), try log.connect(), try log.connect()
        )
        try listener.listen("pgserver_events")
        try listener.listen("pgserver_log")
        // One that stays open after it has published keeps nobody else from saying so.
        try long.run("BEGIN")
        try Self.publish("long", on: long)
        try eventually("a later writer notifies") {
            try Self.publish("short", on: writer)
            return try listener.waitForNotification(timeout: .milliseconds(100))?.channel == "pgserver_events"
        }
        #expect(try !Self.look(sequencer).isEmpty)
        var channel: String?
        while channel != "pgserver_log" {
            channel = try #require(try listener.waitForNotification(timeout: .seconds(20))).channel
        }
    }

    @Test("has one sequencer, and another one when that one's connection ends")
    func election() throws {
        let log = try Log()
        var one: BlockingConnection? = try log.connect()
        let other = try log.connect()
        #expect(try one?.rows("SELECT api.become_sequencer()") == [["t"]])
        #expect(try other.rows("SELECT api.become_sequencer()") == [["f"]])
        one = nil
        try eventually("the other one is elected") { try other.rows("SELECT api.become_sequencer()") == [["t"]] }
        #expect(try other.rows("SELECT (api.event_head()).epoch") == [["1"]])
    }

    @Test("goes on in a new epoch where another cluster's transaction ids mean nothing")
    func restored() throws {
        let log = try Log()
        let connection = try log.connect()
        try Self.publish("numbered", on: connection)
        #expect(try Self.look(connection) == ["numbered=1"])
        // As a restored copy finds it: ids from beyond this cluster's, one event numbered and two that were not.
        let ahead = try connection.rows("SELECT (pg_current_xact_id()::text::bigint + 40)::text")[0][0] ?? ""
        for subject in ["left over", "left over too"] { try Self.publish(subject, on: connection) }
        _ = try connection.rows("UPDATE core.events SET xid = $1::xid8", [ahead])
        _ = try connection.rows("UPDATE core.event_positions SET xid = $1::xid8", [ahead])
        try connection.run("UPDATE core.event_sequencer SET seen = '1000000:1000000:'")

        #expect(try Self.look(connection, atMost: 1) == ["left over=2"])
        #expect(try connection.rows("SELECT api.sequencer_pending()") == [["t"]])
        #expect(try Self.look(connection, atMost: 1) == ["left over too=3"])
        #expect(try connection.rows("SELECT (api.event_head()).epoch") == [["2"]])
        // Ids of this cluster that are the same as restored ones tell nothing of those.
        for number in 1...60 {
            try Self.publish("new \(number)", on: connection)
            #expect(try Self.look(connection) == ["new \(number)=\(number + 3)"])
        }
        #expect(try connection.rows("SELECT (api.event_head()).epoch") == [["2"]])
    }

    @Test("notices that it has come to another database")
    func moved() throws {
        let log = try Log()
        let sequencer = try log.connect()
        try Self.publish("one", on: sequencer)
        #expect(try Self.look(sequencer) == ["one=1"])
        try sequencer.run("UPDATE core.event_sequencer SET origin = 'elsewhere/1'")
        #expect(try sequencer.rows("SELECT api.become_sequencer()") == [["t"]])
        #expect(try Self.look(sequencer) == [])
        #expect(try sequencer.rows("SELECT (api.event_head()).epoch") == [["2"]])
        try Self.publish("two", on: sequencer)
        #expect(try Self.look(sequencer) == ["two=2"])
    }

    @Test("forgets whole days, remembers up to where, and loses nothing that nobody has seen")
    func retention() throws {
        let log = try Log()
        let connection = try log.connect()
        func write(_ day: String, _ subject: String) throws {
            _ = try connection.rows(
                """
                INSERT INTO core.events (created_at, tenant_id, topic, type, subject_id)
                VALUES ($1::timestamptz, $2::uuid, 'testing.thing', 'testing.thing.made', $3)
                """, [day, Self.first, subject])
        }
        try connection.run("SET timezone = 'UTC'")
        let days = try connection.rows(
            "SELECT (now() - n * interval '1 day')::text FROM generate_series(0, 4) AS n"
        ).compactMap { $0[0] }
        for (age, day) in days.enumerated().reversed() { try write(day, "aged \(age)") }
        #expect(try Self.look(connection) == (0...4).map { "aged \(4 - $0)=\($0 + 1)" })
        try write(days[3], "unseen")

        #expect(throws: PostgresError.self) { try connection.run("SELECT core.drop_event_partitions('23 hours')") }
        // Days without partitions of their own are found in the default one. The unseen event keeps its day.
        #expect(try connection.rows("SELECT core.drop_event_partitions('2 days')") == [["1"]])
        let trimmed = "SELECT \"position\", trimmed_position FROM core.event_heads"
        #expect(try connection.rows(trimmed) == [["5", "1"]])
        #expect(try Self.look(connection) == ["unseen=6"])
        #expect(try connection.rows("SELECT core.drop_event_partitions('2 days')") == [["1"]])
        // It had the last position of all: what lies before it counts as lost, though some of it is kept.
        #expect(try connection.rows(trimmed) == [["6", "6"]])
        #expect(
            try connection.rows("SELECT subject_id FROM core.event_log ORDER BY position")
                == [["aged 2"], ["aged 1"], ["aged 0"]])
        #expect(try connection.rows("SELECT core.drop_event_partitions('2 days')") == [["0"]])
        try Self.publish("next", on: connection)
        #expect(try Self.look(connection) == ["next=7"])
    }

    @Test("has partitions for the days ahead, out of reach but through their table")
    func partitions() throws {
        let log = try Log()
        let connection = try log.connect()
        #expect(try connection.rows("SELECT core.create_event_partitions(7)") == [["0"]])
        #expect(try connection.rows("SELECT core.create_event_partitions(9)") == [["2"]])
        for days in ["-1", "367", "NULL"] {
            #expect(throws: PostgresError.self) { try connection.run("SELECT core.create_event_partitions(\(days))") }
        }
        try Self.publish("today", on: connection)
        let place = try connection.rows(
            """
            SELECT tableoid::regclass = ('core.events_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD'))::regclass
            FROM core.events
            """)
        #expect(place == [["t"]])
        let reachable = try connection.rows(
            """
            SELECT c.relname, r.rolname FROM pg_class AS c
            CROSS JOIN pg_roles AS r
            WHERE c.relispartition AND c.relkind = 'r'
              AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity
                   OR r.rolname IN ('pgserver', 'anon', 'member', 'worker', 'bi_owner', 'bi_reader')
                       AND has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
            """)
        #expect(reachable == [])
    }
}
