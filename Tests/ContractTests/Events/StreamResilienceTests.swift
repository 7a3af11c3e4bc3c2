import Foundation
import Testing

@testable import PgServer

@Suite("Streams outlast", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct StreamResilienceTests {
    @Test("a listener that does not read: it alone is closed, and the others get everything")
    func slow() throws {
        let server = try EventServer("events_slow", environment: ["PGSERVER_STREAM_BUFFER": "16kB"])
        defer { server.server.stop() }
        let slow = try server.connected(server.tenant)
        let slowSocket = try server.socket(server.tenant)
        let reader = try server.connected(server.tenant)
        let noteCount = 10
        var sentCount = 0
        // More than any socket's buffer holds, until both are seen to be behind.
        while try server.metric("pgserver_streams_closed_slow_total") < 2 {
            guard sentCount < 2000 else { throw TestFailure("nobody was too slow") }
            try server.publish(sentCount + 1...sentCount + noteCount, to: server.tenant, textByteCount: 50_000)
            #expect(try reader.notes(noteCount) == Array(sentCount + 1...sentCount + noteCount))
            sentCount += noteCount
        }
        // The last of those may have been the one that was too much, and have gone out still.
        sentCount += 1
        try server.publish(sentCount...sentCount, to: server.tenant, textByteCount: 50_000)
        #expect(try reader.notes(1) == [sentCount])
        // What had begun to go out was in order; then it ended, and the client knows where to go on.
        var known = 0
        while let message = try slow.next() {
            known += 1
            #expect(try message.member("n") as? Int == known)
        }
        try #require(known < sentCount)
        let resumed = try server.listen(server.tenant, "/feed/plain?since=\(slow.lastID)")
        #expect(try resumed.notes(sentCount - known) == Array(known + 1...sentCount))
        var last: WebSocketClient.Frame?
        while let frame = try slowSocket.next() { last = frame }
        #expect(last?.opcode == WebSocketClient.close)
        #expect(last?.closeCode == 1013)
    }

    @Test("transactions that stay open, here and in another database: they delay their own events and nobody else's")
    func openTransactions() throws {
        let server = try EventServer.shared()
        let tenant = try server.newTenant()
        let stream = try server.connected(tenant)
        let socket = try server.socket(tenant)
        let here = try BlockingConnection(conninfo: server.server.databaseURL)
        let elsewhere = try BlockingConnection(conninfo: TestCluster.administratorURL())
        try elsewhere.run("BEGIN; SELECT pg_current_xact_id()")
        try here.run("BEGIN")
        _ = try here.rows(
            """
            SELECT core.publish('feed.notes', 'feed.notes.added', '{"n": 0}', tenant_id => $1::uuid)
            """, [tenant.tenantID])
        // Each is with its listeners before the next is written, and all before the first of all is committed.
        for number in 1...5 {
            try server.publish(number...number, to: tenant)
            #expect(try stream.notes(1) == [number])
            #expect(try socket.next(WebSocketClient.text).member("n") as? Int == number)
        }
        try here.run("COMMIT")
        #expect(try stream.notes(1) == [0])
        #expect(try socket.next(WebSocketClient.text).member("n") as? Int == 0)
        try elsewhere.run("COMMIT")
    }

    @Test("a new catalog, also one that declares their route anew; only what it withdraws ends")
    func reload() throws {
        let server = try EventServer("events_reload")
        defer { server.server.stop() }
        let stream = try server.connected(server.tenant)
        let socket = try server.socket(server.tenant)
        let other = try server.connected(server.tenant, "/feed/quiet")
        try server.publish(1...1, to: server.tenant)
        #expect(try stream.notes(1) == [1])
        let generation = try server.metric("pgserver_catalog_generation")
        try server.catalog.run(
            """
            SET LOCAL ROLE pgserver_owner;
            SELECT api.stream(
                'GET /feed/plain', 'feed.listen', transport => 'any', frame => 'feed.frame', dialect => 'server',
                sources => '{"last_event_id": "header:Last-Event-ID"}', heartbeat => '10 min', event_name => 'event');
            DELETE FROM api.routes WHERE path = '/feed/quiet';
            RESET ROLE;
            SELECT core.publish('feed.notes', 'feed.notes.added', '{"n":2}', tenant_id => '\(server.tenant.tenantID)');
            SELECT api.publish()
            """)
        for number in 3...60 { try server.publish(number...number, to: server.tenant) }
        #expect(try stream.notes(59) == Array(2...60))
        #expect(try socket.notes(60) == Array(1...60))
        #expect(try server.metric("pgserver_catalog_generation") > generation)
        let error = try other.next("error")
        #expect(try error.member("code") as? String == "stream_withdrawn")
        #expect(try other.next() == nil)
    }

    @Test("PostgreSQL: what is committed before and after is told once, on the same connections")
    func outage() throws {
        let cluster = try OwnCluster()
        defer { cluster.remove() }
        let server = try EventServer("outage", over: cluster.url)
        defer { server.server.stop() }
        let stream = try server.connected(server.tenant)
        let socket = try server.socket(server.tenant)
        try server.publish(1...3, to: server.tenant)
        #expect(try stream.notes(3) == [1, 2, 3])
        try cluster.stop()
        try cluster.start()
        try server.publish(4...6, to: server.tenant)
        #expect(try stream.notes(3) == [4, 5, 6])
        #expect(try socket.notes(6) == Array(1...6))
        let resumed = try server.listen(server.tenant, "/feed/plain?since=1.2")
        #expect(try resumed.notes(4) == [3, 4, 5, 6])
    }

    @Test("nothing, when the server stops: they end in order, within the grace")
    func drain() throws {
        let server = try EventServer("events_drain", environment: ["PGSERVER_SHUTDOWN_GRACE": "8s"])
        let streams = try (0..<10).map { _ in try server.connected(server.tenant) }
        let sockets = try (0..<10).map { _ in try server.socket(server.tenant) }
        let mute = try server.socket(server.tenant)
        server.server.beginStopping()
        for stream in streams { #expect(try stream.next() == nil) }
        for socket in sockets {
            let close = try socket.next(WebSocketClient.close)
            #expect(close.closeCode == 1001)
            try socket.send(WebSocketClient.close, [0x03, 0xE9])
            #expect(try socket.next() == nil)
        }
        #expect(server.server.stop() == 0)
        withExtendedLifetime(mute) {}  // who does not answer the goodbye is not waited for
    }
}
