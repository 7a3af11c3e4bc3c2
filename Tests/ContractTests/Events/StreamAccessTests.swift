import Foundation
import Testing

@testable import PgServer

@Suite("Who may open a stream", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct StreamAccessTests {
    private let events: EventServer

    init() throws { events = try EventServer.shared() }

    private func answer(
        _ target: String, token: String? = nil, headers: [(String, String)] = []
    ) throws -> HTTPResponse {
        try HTTPClient(port: events.port, token: token).get(target, headers: headers)
    }

    private func upgrade(
        _ target: String, token: String? = nil, headers: [(String, String)] = []
    ) throws -> HTTPResponse {
        try WebSocketClient.handshake(
            on: RawConnection(port: events.port), port: events.port, target, token: token, headers: headers)
    }

    @Test("is asked before anything is opened, in the contract's own words")
    func unauthenticated() throws {
        for target in ["/feed/plain", "/feed/plain?token=", "/feed/plain?token=nonsense", "/feed/quiet?token=nonsense"]
        {
            let response = try answer(target)
            #expect(response.status == 401)
            #expect(response.header("Content-Type") == "application/json")
            #expect(!response.text.isEmpty)
            #expect(try upgrade(target.replacingOccurrences(of: "quiet", with: "plain")).status == 401)
        }
        #expect(try answer("/feed/plain", token: "nonsense").status == 401)
    }

    @Test("may be told by a header, by the query where the stream allows it, and by a WebSocket's subprotocol")
    func credentials() throws {
        let tenant = try events.newTenant()
        for target in ["/feed/plain?token=\(tenant.token)", "/feed/plain?a=b&t%6Fken=\(tenant.token)&c"] {
            let stream = try EventStream(port: events.port, target)
            #expect(try stream.next("connected").data.contains("connected"))
        }
        #expect(try answer("/feed/quiet?token=\(tenant.token)").status == 401)  // it names no such parameter
        let offered = [("Sec-WebSocket-Protocol", "bearer, \(tenant.token)")]
        let socket = try WebSocketClient(port: events.port, "/feed/plain", headers: offered)
        #expect(socket.head.header("Sec-WebSocket-Protocol") == "bearer")
        #expect(try socket.next(WebSocketClient.text).member("type") as? String == "connected")
        let queried = try WebSocketClient(port: events.port, "/feed/socket?token=\(tenant.token)")
        #expect(queried.head.header("Sec-WebSocket-Protocol") == nil)
        #expect(try upgrade("/feed/plain", headers: [("Sec-WebSocket-Protocol", "bearer")]).status == 401)
        #expect(try upgrade("/feed/plain", headers: [("Sec-WebSocket-Protocol", "bearer, nonsense")]).status == 401)
    }

    @Test("decides about topics too, and a mistake is answered like any other")
    func arguments() throws {
        let tenant = try events.newTenant()
        let forbidden = try answer("/feed/plain?topics=feed.secrets", token: tenant.token)
        #expect(forbidden.status == 403)
        let invalid = try answer("/feed/plain?since=nonsense", token: tenant.token)
        #expect([400, 422].contains(invalid.status))
        #expect(invalid.text.contains("since"))
        #expect(try upgrade("/feed/plain?topics=feed.secrets", token: tenant.token).status == 403)
        // Of several topics those are told that may be heard.
        let stream = try events.connected(tenant, "/feed/plain?topics=feed.secrets,feed.notes")
        try events.publish(1...1, to: tenant, type: "feed.secrets.told", topic: "feed.secrets")
        try events.publish(2...2, to: tenant)
        #expect(try stream.notes(1) == [2])
    }

    @Test("is told to use a WebSocket where the path is one, with the version that is spoken")
    func upgradeRequired() throws {
        let tenant = try events.newTenant()
        let plain = try answer("/feed/socket", token: tenant.token)
        #expect(plain.status == 426)
        #expect(plain.header("Upgrade") == "websocket")
        #expect(plain.header("Connection")?.contains("Upgrade") == true)
        #expect(plain.header("Sec-WebSocket-Version") == "13")
        let connection = try RawConnection(port: events.port)
        try connection.send(
            "GET /feed/socket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: \(WebSocketClient.key)\r\n\r\n")
        #expect(try connection.head().status == 426)
        let keyless = try RawConnection(port: events.port)
        try keyless.send(
            "GET /feed/socket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\n\r\n")
        #expect(try keyless.head().status == 400)
        // An event stream does not mind being asked for another protocol (RFC 9110 §7.8).
        #expect(try upgrade("/feed/quiet", token: tenant.token).status == 200)
    }

    static let origins: [(origin: String, target: String, isAllowed: Bool)] = [
        ("http://127.0.0.1:PORT", "/feed/echo", true),
        ("https://app.example.test", "/feed/echo", true),
        ("https://evil.example.test", "/feed/echo", false),
        ("https://app.example.test.evil.test", "/feed/echo", false),
        ("http://app.example.test", "/feed/echo", false),
        ("null", "/feed/echo", false),
        ("https://ours.example.test", "/feed/ours", true),
        ("https://app.example.test", "/feed/ours", false),
        ("http://127.0.0.1:PORT", "/feed/ours", true),
    ]

    @Test("is a page of the server's own or of a known origin, if it is a page that opens a WebSocket")
    func origin() throws {
        let server = try EventServer(
            "events_origin", environment: ["PGSERVER_CORS_ORIGINS": "https://app.example.test"])
        defer { server.server.stop() }
        for (origin, target, isAllowed) in Self.origins {
            let origin = origin.replacingOccurrences(of: "PORT", with: String(server.port))
            let response = try WebSocketClient.handshake(
                on: RawConnection(port: server.port), port: server.port, target, headers: [("Origin", origin)])
            #expect(response.status == (isAllowed ? 101 : 403), "\(origin) \(target)")
        }
        let response = try HTTPClient(port: events.port).get(
            "/feed/echo", headers: [("Origin", "https://app.example.test")])
        #expect(response.status == 403, "without an allow-list no other origin")
    }

    @Test("holds no more streams than the limits of user and tenant allow, over all reactors")
    func limits() throws {
        let tenant = try events.newTenant()
        let refusedBefore = try events.metric("pgserver_streams_limited_total")
        var first: EventStream? = try events.connected(tenant, "/feed/limited")
        let second = try events.socket(tenant, "/feed/limited")
        for _ in 1...8 {
            let response = try answer("/feed/limited", token: tenant.token)
            #expect(response.status == 429)
            #expect(response.header("Retry-After") != nil)
            #expect(try upgrade("/feed/limited", token: tenant.token).status == 429)
        }
        #expect(try events.metric("pgserver_streams_limited_total") >= refusedBefore + 16)
        // Others are not touched, and what is not limited is not either.
        _ = try events.connected(try events.newTenant(), "/feed/limited")
        _ = try events.connected(tenant)
        // A stream that ends, or is refused by its function, makes room.
        #expect(first != nil)
        first = nil
        try eventually("there is room again") {
            try answer("/feed/limited?topics=feed.secrets", token: tenant.token).status == 403
        }
        for _ in 1...3 { #expect(try answer("/feed/limited?since=x", token: tenant.token).status != 429) }
        first = try events.connected(tenant, "/feed/limited")
        withExtendedLifetime((first, second)) {}
    }

    @Test("is answered when a token expires: its streams end with it")
    func expiry() throws {
        let tenant = try events.newTenant()
        let token = try AccessToken(tenant.token)
        // The clock of whoever made a token may differ by half a minute, so much longer it is accepted.
        let leeway = Int(TokenVerifier.leewaySecondsDefault)
        let soon = Int(Date().timeIntervalSince1970) - leeway + 3
        let short = try token.resigned(on: events.server, changing: ["exp": soon])
        let stream = try EventStream(port: events.port, "/feed/plain", token: short)
        let socket = try WebSocketClient(port: events.port, "/feed/socket", token: short)
        let error = try stream.next("error")
        #expect(try error.member("code") as? String == "token_expired")
        #expect(try stream.next() == nil)
        let close = try socket.next(WebSocketClient.close)
        #expect(close.closeCode == 4401)
        #expect(close.closeReason == "token expired")
        #expect(try answer("/feed/plain", token: short).status == 401)
    }

    @Test("is settled by the session: when that ends, its streams end, and no others")
    func revoked() throws {
        let tenant = try events.newTenant()
        let neighbour = try events.connected(try events.newTenant())
        let streams = try (0..<4).map { _ in try events.connected(tenant) }
        let socket = try events.socket(tenant)
        let session = try AccessToken(tenant.token).string("sid")
        _ = try BlockingConnection(conninfo: events.server.databaseURL).rows(
            "SELECT auth.revoke_session($1::uuid)", [session])
        for stream in streams {
            #expect(try stream.next("error").member("code") as? String == "session_ended")
            #expect(try stream.next() == nil)
        }
        let close = try socket.next(WebSocketClient.close)
        #expect(close.closeCode == 4401)
        #expect(close.closeReason == "session ended")
        neighbour.connection.finishSending()
        #expect(try neighbour.next() == nil, "only its own client ended it")
    }
}
