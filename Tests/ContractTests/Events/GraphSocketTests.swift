import Foundation
import Testing

@testable import PgServer

@Suite(
    "The graph of a tenant, over WebSocket", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct GraphSocketTests {
    private static let target = "/dcl"

    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try RecordStreams.server()
        account = try Account(on: server)
    }

    private func open(_ account: Account) throws -> WebSocketClient {
        try WebSocketClient(port: server.port, Self.target, token: account.token)
    }

    private func upgrade(
        _ query: String = "", token: String? = nil, headers: [(String, String)] = []
    ) throws -> HTTPResponse {
        let connection = try RawConnection(port: server.port)
        var client = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]
        client += [("Sec-WebSocket-Key", WebSocketClient.key), ("Host", "127.0.0.1:\(server.port)")] + headers
        if let token { client.append(("Authorization", "Bearer \(token)")) }
        try connection.send(
            "GET \(Self.target)\(query) HTTP/1.1\r\n" + client.map { "\($0): \($1)\r\n" }.joined() + "\r\n")
        return try connection.response()
    }

    private func graph(_ text: String) throws -> NSDictionary {
        guard let graph = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary else {
            throw TestFailure("no graph: \(text)")
        }
        return graph
    }

    private func graph(of account: Account) throws -> NSDictionary {
        try graph(try account.sql("SELECT autonomos.graph()").first?[0] ?? "")
    }

    /// Reads graphs until the tenant's is there, of which each must differ from the one before.
    private func readUntilCurrent(_ socket: WebSocketClient, of account: Account) throws -> NSDictionary {
        let wanted = try graph(of: account)
        var last: NSDictionary = [:]
        while last != wanted {
            let next = try graph(try socket.next(WebSocketClient.text).text)
            #expect(next != last, "nothing is sent twice")
            last = next
        }
        return last
    }

    private func weights(_ graph: NSDictionary) -> [String: Int] {
        let edges = graph["edges"] as? [[String: Any]] ?? []
        return Dictionary(edges.map { ($0["target"] as? String ?? "", $0["weight"] as? Int ?? -1) }) { $0 + $1 }
    }

    private func total(_ list: String) throws -> Int {
        try account.client.get("/api/v1/dcl/views/\(list)?limit=1").integer("meta.total")
    }

    @Test("is sent when the socket is open and whenever it has changed, and is what connections and records make it")
    func changes() throws {
        let neighbour = try Account(on: server)
        let theirs = try open(neighbour)
        let nothing = try theirs.next(WebSocketClient.text)
        #expect(RecordStreams.keys(nothing.text) == ["nodes", "edges", "confidence", "last_updated"])
        #expect(try graph(nothing.text) == (try graph(of: neighbour)))

        let socket = try open(account)
        #expect(try weights(graph(try socket.next(WebSocketClient.text).text)).isEmpty)
        try RecordStreams.source().connect(account)
        let connected = try readUntilCurrent(socket, of: account)
        #expect(
            weights(connected) == [
                "account": try total("accounts"), "opportunity": try total("opportunities"),
                "contact": Int(try account.sql("SELECT count(*) FROM data.contacts").first?[0] ?? "") ?? -1,
            ])
        let nodes = try #require(connected["nodes"] as? [[String: String]])
        #expect(nodes.first == ["id": "demo-crm", "label": "Demo CRM", "type": "source"])
        #expect(nodes.dropFirst().map { $0["type"] } == ["entity", "entity", "entity"])
        let confidence = try #require(connected["confidence"] as? Double)
        #expect(confidence > 0.9 && confidence < 1)

        // Fewer records weigh less; less sure fields make it less sure.
        try server.sql(
            "DELETE FROM data.opportunities WHERE tenant_id = $1::uuid AND account_id IS NOT NULL", [account.tenantID])
        let lighter = try readUntilCurrent(socket, of: account)
        #expect(try #require(weights(lighter)["opportunity"]) < (try #require(weights(connected)["opportunity"])))
        try server.sql("UPDATE data.mapping_fields SET confidence = 0.5 WHERE tenant_id = $1::uuid", [account.tenantID])
        #expect(try readUntilCurrent(socket, of: account)["confidence"] as? Double == 0.5)

        // Of all that the neighbour has seen nothing.
        try server.sql(
            """
            INSERT INTO data.connections (tenant_id, slug, name, connection_type, source_system)
            VALUES ($1::uuid, 'own', 'Own', 'postgres', 'own')
            """, [neighbour.tenantID])
        let own = try #require(try graph(theirs.next(WebSocketClient.text).text)["nodes"] as? [[String: String]])
        #expect(own == [["id": "own", "label": "Own", "type": "source"]])
    }

    @Test("asks for a token: in a header, in the query, or as a subprotocol")
    func credentials() throws {
        for socket in [
            try open(account), try WebSocketClient(port: server.port, "\(Self.target)?token=\(account.token)"),
            try WebSocketClient(
                port: server.port, Self.target, headers: [("Sec-WebSocket-Protocol", "bearer, \(account.token)")]),
        ] {
            #expect(try graph(socket.next(WebSocketClient.text).text)["nodes"] is [Any])
        }
        for response in [
            try upgrade(), try upgrade("?token=nonsense"), try upgrade(token: "nonsense"),
            try upgrade(headers: [("Sec-WebSocket-Protocol", "bearer, nonsense")]),
        ] {
            #expect(response.status == 401)
            #expect(try response.string("detail") == "Could not validate credentials")
        }
    }

    @Test("is opened by pages of known origins alone, and by nothing but a WebSocket")
    func opening() throws {
        let foreign = try upgrade(token: account.token, headers: [("Origin", "https://evil.example.test")])
        #expect(foreign.status == 403)
        #expect(try foreign.integer("status_code") == 403)
        let plain = try account.client.get(Self.target)
        #expect(plain.status == 426)
        #expect(plain.header("Upgrade") == "websocket")
        #expect(Set(RecordStreams.keys(plain.text)) == ["detail", "status_code", "trace_id"])
        let own = ("Origin", "http://127.0.0.1:\(server.port)")
        let socket = try WebSocketClient(port: server.port, Self.target, token: account.token, headers: [own])
        #expect(socket.head.status == 101)
    }

    @Test("is held open by 10 connections of a tenant and no more, in the contract's words")
    func limit() throws {
        var sockets = try (1...10).map { _ in try open(account) }
        let response = try upgrade(token: account.token)
        #expect(response.status == 429)
        #expect(try response.integer("retry_after") > 0)
        #expect(response.header("Retry-After") != nil)
        #expect(
            Set(RecordStreams.keys(response.text)) == ["detail", "status_code", "trace_id", "retry_after"])
        // Neither other tenants nor event streams are counted with them.
        _ = try open(try Account(on: server))
        _ = try account.connected("/api/v1/events/stream")
        sockets.removeLast()
        try eventually("there is room again") {
            let connection = try RawConnection(port: server.port)
            let status = try WebSocketClient.handshake(
                on: connection, port: server.port, Self.target, token: account.token
            ).status
            return status == 101
        }
        withExtendedLifetime(sockets) {}
    }

    @Test("ends with the session")
    func sessionEnd() throws {
        let socket = try open(account)
        _ = try socket.next(WebSocketClient.text)
        try account.revokeSession()
        let close = try socket.next(WebSocketClient.close)
        #expect(close.closeCode == 4401)
        #expect(close.closeReason == "session ended")
    }
}
