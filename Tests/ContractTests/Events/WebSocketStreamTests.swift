import Foundation
import Testing

@testable import PgServer

@Suite("A stream over a WebSocket", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct WebSocketStreamTests {
    private let events: EventServer

    init() throws { events = try EventServer.shared() }

    @Test("is opened as RFC 6455 §4.2.2 says, and tells every event")
    func live() throws {
        let tenant = try events.newTenant()
        let socket = try WebSocketClient(port: events.port, "/feed/socket", token: tenant.token)
        #expect(socket.head.header("Upgrade") == "websocket")
        #expect(socket.head.header("Connection") == "Upgrade")
        #expect(socket.head.header("Sec-WebSocket-Accept") == WebSocketClient.accept)
        #expect(socket.head.header("Sec-WebSocket-Extensions") == nil)
        #expect(try socket.next(WebSocketClient.text).member("type") as? String == "connected")
        try events.publish(1...300, to: tenant)
        #expect(try socket.notes(300) == Array(1...300))
    }

    @Test("goes on behind since, and says what is lost")
    func resume() throws {
        let tenant = try events.newTenant()
        let first = try events.socket(tenant)
        try events.publish(1...400, to: tenant)
        #expect(try first.notes(400) == Array(1...400))
        let second = try events.socket(tenant, "/feed/socket?since=1.100")
        #expect(try second.notes(300) == Array(101...400))
        try events.publish(401...401, to: tenant)
        #expect(try second.notes(1) == [401])
        let third = try WebSocketClient(port: events.port, "/feed/socket?since=9.1", token: tenant.token)
        #expect(try third.next(WebSocketClient.text).member("code") as? String == "history_lost")
        #expect(try third.next(WebSocketClient.text).member("type") as? String == "connected")
    }

    @Test("answers pings between the fragments of a message")
    func fragments() throws {
        let socket = try WebSocketClient(port: events.port, "/feed/echo")
        try socket.send(WebSocketClient.text, Array("Grü".utf8.dropLast()), isFinal: false)
        try socket.send(WebSocketClient.ping, Array("a".utf8))
        try socket.send(0, Array("ü".utf8.suffix(1)), isFinal: false)
        try socket.send(0, Array("ße".utf8))
        #expect(try socket.next() == .init(opcode: WebSocketClient.pong, payload: Array("a".utf8)))
        #expect(try socket.next()?.text == "Grüße")
        try socket.send(2, [0, 255, 1])
        #expect(try socket.next() == .init(opcode: 2, payload: [0, 255, 1]))
    }

    @Test("takes messages it has no use for, and throws them away")
    func ignored() throws {
        let tenant = try events.newTenant()
        let socket = try events.socket(tenant)
        for _ in 1...20 { try socket.send(WebSocketClient.text, Array(repeating: 0x61, count: 60_000)) }
        try socket.send(WebSocketClient.ping)
        #expect(try socket.next()?.opcode == WebSocketClient.pong)
        try events.publish(1...1, to: tenant)
        #expect(try socket.notes(1) == [1])
    }

    static let endings: [(name: String, bytes: [UInt8], code: Int?)] = [
        ("a goodbye with its code", WebSocketClient.frame(8, [0x03, 0xE8]), 1000),
        ("a goodbye with a code of its own", WebSocketClient.frame(8, [0x0F, 0xA0] + Array("bye".utf8)), 4000),
        ("a goodbye without a code", WebSocketClient.frame(8, []), nil),
        ("a frame without a mask", [0x81, 0x01, 0x61], 1002),
        ("a reserved opcode", WebSocketClient.frame(3, []), 1002),
        ("a reserved bit", [0xC1, 0x80, 0, 0, 0, 0], 1002),
        ("a fragmented ping", WebSocketClient.frame(9, [], isFinal: false), 1002),
        ("text that is none", WebSocketClient.frame(1, [0x61, 0xFF]), 1007),
        ("half a message too much", WebSocketClient.frame(0, [0x61]), 1002),
        ("a message over the limit", WebSocketClient.frame(1, Array(repeating: 0x61, count: 65_537)), 1009),
    ]

    @Test("ends as the client deserves", arguments: endings)
    func closing(_ name: String, _ bytes: [UInt8], _ code: Int?) throws {
        let tenant = try events.newTenant()
        let socket = try events.socket(tenant)
        try socket.connection.send(bytes)
        let close = try #require(try socket.next(), "\(name)")
        #expect(close.opcode == WebSocketClient.close)
        #expect(close.closeCode == code)
        #expect(try socket.next() == nil, "the server ends the connection first")
    }

    @Test("is closed when its client does not answer pings; one that answers stays")
    func silent() throws {
        let server = try EventServer(
            "events_silent",
            environment: ["PGSERVER_STREAM_PING_INTERVAL": "300ms", "PGSERVER_STREAM_PONG_TIMEOUT": "1s"])
        defer { server.server.stop() }
        let silent = try server.socket(server.tenant)
        let alive = try server.socket(server.tenant)
        var pingCount = 0
        while pingCount < 6 {
            #expect(try alive.next()?.opcode == WebSocketClient.ping)
            try alive.send(WebSocketClient.pong)
            pingCount += 1
        }
        let close = try silent.next(WebSocketClient.close)
        #expect(close.closeCode == 1001)
        try server.publish(1...1, to: server.tenant)
        #expect(try alive.notes(1) == [1])
    }
}
