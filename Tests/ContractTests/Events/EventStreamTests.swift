import Foundation
import Testing

@testable import PgServer

@Suite("A stream of events", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct EventStreamTests {
    private let events: EventServer

    init() throws { events = try EventServer.shared() }

    // MARK: Live

    @Test("says where it begins, then tells every event that is committed, in order")
    func live() throws {
        let tenant = try events.newTenant()
        let stream = try events.listen(tenant)
        #expect(stream.head.header("Content-Type") == "text/event-stream; charset=utf-8")
        #expect(stream.head.header("Cache-Control") == "no-store")
        #expect(stream.head.header("X-Accel-Buffering") == "no")
        #expect(stream.head.header("Content-Length") == nil)
        #expect(stream.head.header("Connection") == "close")
        let connected = try #require(try stream.next())
        #expect(connected.event == "connected")
        #expect(connected.lastID.hasSuffix(".0"))
        #expect(try #require(stream.retryMilliseconds) >= 3000)
        try events.publish(1...3, to: tenant)
        try events.publish(4...5, to: tenant)
        #expect(try stream.notes(5) == [1, 2, 3, 4, 5])
        #expect(stream.lastID.hasSuffix(".5"))
    }

    @Test("keeps tenants apart, also when one of them asks for all there is")
    func tenants() throws {
        let (one, other) = (try events.newTenant(), try events.newTenant())
        let streams = [(one, try events.connected(one)), (other, try events.connected(other))]
        for number in 1...5 {
            try events.publish(number...number, to: one)
            try events.publish(number + 100...number + 100, to: other)
        }
        for (tenant, stream) in streams {
            for _ in 1...5 {
                #expect(try stream.next("event").member("tenant") as? String == tenant.tenantID)
            }
        }
        let replay = try events.listen(one, "/feed/plain?since=1.0")
        #expect(try replay.notes(5) == [1, 2, 3, 4, 5])
        try events.publish(6...6, to: one)
        #expect(try replay.notes(1) == [6])
    }

    @Test("tells those events alone that fit types and subjects, live and from history")
    func filters() throws {
        let tenant = try events.newTenant()
        let target = "/feed/plain?types=feed.notes.added&subjects=a,b"
        let stream = try events.connected(tenant, target)
        try events.publish(1...1, to: tenant, subject: "a")
        try events.publish(2...2, to: tenant, subject: "c")
        try events.publish(3...3, to: tenant, type: "feed.notes.changed", subject: "a")
        try events.publish(4...4, to: tenant)
        try events.publish(5...5, to: tenant, subject: "b")
        #expect(try stream.notes(2) == [1, 5])
        #expect(try events.listen(tenant, target + "&since=1.0").notes(2) == [1, 5])
    }

    @Test("shows in its place that an event cannot be shown, and nothing of one that is hidden")
    func unshown() throws {
        let tenant = try events.newTenant()
        let live = try events.connected(tenant)
        try events.publish(1...1, to: tenant)
        try events.publish(2...2, to: tenant, type: "feed.notes.broken")
        try events.publish(3...3, to: tenant, type: "feed.notes.hidden")
        try events.publish(4...4, to: tenant)
        let replay = try events.connected(tenant, "/feed/plain?since=1.0")
        for stream in [live, replay] {
            #expect(try stream.notes(1) == [1])
            let failure = try #require(try stream.next())
            #expect(failure.event == "error")
            #expect(failure.lastID == "1.2")
            #expect(try failure.member("code") as? String == "event_failed")
            #expect(!failure.data.contains("this event cannot be shown"))
            #expect(try stream.notes(1) == [4])
        }
    }

    @Test("says that it lives, in the contract's words")
    func heartbeat() throws {
        let tenant = try events.newTenant()
        let stream = try events.connected(tenant, "/feed/events")
        let heartbeat = try #require(try stream.next())
        #expect(heartbeat.event == "heartbeat")
        #expect(try heartbeat.member("tenant") as? String == tenant.tenantID)
        let (ts, naive) = (try heartbeat.member("ts") as? String, try heartbeat.member("naive") as? String)
        #expect(ts?.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) == true)
        #expect(naive?.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/) == true)
        #expect(try stream.next("heartbeat") != heartbeat)
    }

    @Test("moves the id of a client for whom nothing comes, so that its position does not grow old")
    func quiet() throws {
        let tenant = try events.newTenant()
        let stream = try events.connected(tenant, "/feed/quiet?types=feed.notes.removed")
        try events.publish(1...3, to: tenant)
        try stream.readUntil { $0.lastID == "1.3" && $0.commentCount > 0 }
    }

    // MARK: Resuming

    @Test("goes on behind the id that a client knows; the header beats the query")
    func resume() throws {
        let tenant = try events.newTenant()
        let first = try events.connected(tenant)
        try events.publish(1...10, to: tenant)
        #expect(try first.notes(10) == Array(1...10))
        #expect(try events.listen(tenant, "/feed/plain?since=1.3").notes(7) == Array(4...10))
        let second = try events.listen(tenant, "/feed/plain?since=1.3", headers: [("Last-Event-ID", "1.7")])
        let connected = try #require(try second.next())
        #expect(connected.event == "connected")
        #expect(connected.lastID == "1.7")
        #expect(try connected.member("head") as? Int == 10)
        #expect(try second.notes(3) == [8, 9, 10])
        try events.publish(11...11, to: tenant)
        #expect(try second.notes(1) == [11])
    }

    @Test("goes from a long history into the present without a gap and without a repetition")
    func catchUp() throws {
        let tenant = try events.newTenant()
        let witness = try events.connected(tenant)
        try events.publish(1...900, to: tenant)
        #expect(try witness.notes(900) == Array(1...900))
        let streams = try (0..<6).map { try events.listen(tenant, "/feed/plain?since=1.\($0 * 150)") }
        for number in 901...1000 { try events.publish(number...number, to: tenant) }
        for (index, stream) in streams.enumerated() {
            #expect(try stream.notes(1000 - index * 150) == Array(index * 150 + 1...1000))
        }
        #expect(try events.metric("pgserver_streams_resumed_total") >= 6)
        #expect(try events.metric("pgserver_stream_replay_pages_total") >= 12)
    }

    @Test("says first that history is lost, and goes on from where it can", arguments: ["1.999999", "7.1"])
    func lost(_ since: String) throws {
        let tenant = try events.newTenant()
        let witness = try events.connected(tenant)
        try events.publish(1...2, to: tenant)
        _ = try witness.notes(2)
        let stream = try events.listen(tenant, "/feed/plain?since=\(since)")
        let lost = try #require(try stream.next())
        #expect(lost.event == "lost")
        #expect(lost.lastID == "1.2")
        #expect(try lost.member("code") as? String == "history_lost")
        #expect(try lost.member("position") as? String == "1.2")
        #expect(try #require(try stream.next()).event == "connected")
        try events.publish(3...3, to: tenant)
        #expect(try stream.notes(1) == [3])
    }

    // MARK: States

    @Test("sends a whole state at first and when it has changed, once for any number of events")
    func state() throws {
        let tenant = try events.newTenant()
        let stream = try events.listen(tenant, "/feed/state")
        #expect(try stream.next("event").member("even") as? Int == 0)
        let socket = try WebSocketClient(port: events.port, "/feed/state", token: tenant.token)
        _ = try socket.next(WebSocketClient.text)  // what the connection says
        #expect(try socket.next(WebSocketClient.text).member("even") as? Int == 0)
        try events.publish(1...1, to: tenant)  // which changes nothing
        try events.publish(2...100, to: tenant)
        #expect(try stream.next("event").member("even") as? Int == 100)
        let state = try socket.next(WebSocketClient.text)
        #expect(try state.member("even") as? Int == 100)
        #expect(try state.member("tenant") as? String == tenant.tenantID)
    }

    // MARK: The connection

    @Test("follows answers that were asked for before it, and does not mind what comes behind its request")
    func pipelined() throws {
        let tenant = try events.newTenant()
        let connection = try RawConnection(port: events.port)
        let request = "Host: h\r\nAuthorization: Bearer \(tenant.token)\r\n\r\n"
        try connection.send(
            "GET /feed/nothing HTTP/1.1\r\n\(request)GET /feed/plain HTTP/1.1\r\n\(request)GET /feed/plain HTTP/1.1\r\n"
                + request)
        #expect(try connection.head().status == 404)
        while let line = try connection.line(), !line.hasSuffix("}") {}  // its body, and the next status line
        #expect(try connection.head().status == 200)
        try connection.send(request)
        #expect(try connection.line()?.hasPrefix("retry: ") == true)
    }

    @Test("shows its head to HEAD, and is not opened")
    func head() throws {
        let tenant = try events.newTenant()
        let response = try HTTPClient(port: events.port, token: tenant.token).send("HEAD", "/feed/plain")
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "text/event-stream; charset=utf-8")
    }

    @Test("ends with its client")
    func gone() throws {
        let server = try EventServer("events_gone")
        defer { server.server.stop() }
        let open = "route=\"/feed/plain\",transport=\"sse\""
        do {
            let streams = try (0..<5).map { _ in try server.connected(server.tenant) }
            #expect(try server.metric("pgserver_stream_listeners", open) == 5)
            streams[0].connection.finishSending()
            #expect(try streams[0].next() == nil)
            withExtendedLifetime(streams) {}
        }
        try eventually("nobody listens") { try server.metric("pgserver_stream_listeners") == 0 }
        try eventually("nobody is interested") { try server.metric("pgserver_relay_interests") == 0 }
    }

    @Test("leaves a line in the log when it ends, without the token of its query")
    func log() throws {
        let server = try EventServer("events_log")
        do {
            let stream = try EventStream(port: server.port, "/feed/plain?token=\(server.tenant.token)")
            _ = try stream.next("connected")
            try server.publish(1...3, to: server.tenant)
            #expect(try stream.notes(3) == [1, 2, 3])
        }
        try eventually("it has ended") { try server.metric("pgserver_stream_listeners") == 0 }
        #expect(server.server.stop() == 0)
        let text = Subprocess.read(server.server.log)
        #expect(!text.contains(server.tenant.token.suffix(40)))
        #expect(!text.contains("token="))
        let lines = try text.split(separator: "\n").filter { $0.contains("\"message\":\"stream\"") }.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(line["route"] as? String == "GET /feed/plain")
        #expect(line["path"] as? String == "/feed/plain")
        #expect(line["status"] as? Int == 200)
        #expect(line["frames"] as? Int == 3)
        #expect((line["bytes"] as? Int ?? 0) > 100)
        #expect(line["tenant_id"] as? String == server.tenant.tenantID)
        #expect(line["error"] == nil)
    }
}
