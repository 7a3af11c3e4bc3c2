import Foundation
import Testing

@testable import PgServer

@Suite("The stream for any client", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct GeneralStreamTests {
    private static let target = "/api/v1/stream"

    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try RecordStreams.server()
        account = try Account(on: server)
    }

    private func socket(_ query: String = "") throws -> WebSocketClient {
        let socket = try WebSocketClient(port: server.port, Self.target + query, token: account.token)
        guard try socket.next(WebSocketClient.text).member("type") as? String == "connected" else {
            throw TestFailure("the first message is not that of the connection")
        }
        return socket
    }

    // MARK: What is told

    /// A table of records, and how one row comes, changes and goes.
    struct Source: CustomTestStringConvertible, Sendable {
        let topic: String
        /// Statements of which $1 is the tenant; nil where the row of another source is what it needs.
        var prepare: String?
        let insert: String
        let update: String
        let delete: String
        let changed: String
        let id: String

        var testDescription: String { topic }

        private static let connectionID = "00000000-0000-4000-8000-0000000000c1"
        private static let mappingID = "00000000-0000-4000-8000-0000000000a1"
        private static let connection = """
            INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
            VALUES ($1::uuid, '\(connectionID)', 'one', 'One', 'postgres', 'one')
            """
        private static let mapping = """
            INSERT INTO data.mappings (
                tenant_id, mapping_id, connection_id, entity, source_relation, key_column, source_columns)
            VALUES ($1::uuid, '\(mappingID)', '\(connectionID)', 'account', 'r', 'id', '[]')
            """

        /// A source whose rows are told apart by one column.
        init(
            _ topic: String, _ table: String, id: String, _ condition: String, insert: String, update: String,
            changed: String, prepare: String? = nil
        ) {
            self.topic = topic
            self.prepare = prepare
            self.insert = insert
            self.update = "UPDATE \(table) SET \(update) WHERE tenant_id = $1::uuid AND \(condition)"
            delete = "DELETE FROM \(table) WHERE tenant_id = $1::uuid AND \(condition)"
            self.changed = changed
            self.id = id
        }

        static let all = [
            Source(
                "data.account", "data.accounts", id: "ACC-1", "account_id = 'ACC-1'",
                insert: "INSERT INTO data.accounts (tenant_id, account_id, name) VALUES ($1::uuid, 'ACC-1', 'one')",
                update: "name = 'two'", changed: "name"),
            Source(
                "data.contact", "data.contacts", id: "CON-1", "contact_id = 'CON-1'",
                insert: "INSERT INTO data.contacts (tenant_id, contact_id) VALUES ($1::uuid, 'CON-1')",
                update: "email = 'a@example.test'", changed: "email"),
            Source(
                "data.opportunity", "data.opportunities", id: "OPP-1", "opportunity_id = 'OPP-1'",
                insert: """
                    INSERT INTO data.opportunities (tenant_id, opportunity_id, name) VALUES ($1::uuid, 'OPP-1', 'one')
                    """,
                update: "stage = 'Proposal'", changed: "stage"),
            Source(
                "data.connection", "data.connections", id: connectionID, "slug = 'one'", insert: connection,
                update: "status = 'FAILED'", changed: "status"),
            Source(
                "data.mapping", "data.mappings", id: mappingID, "mapping_id = '\(mappingID)'", insert: mapping,
                update: "status = 'paused'", changed: "status", prepare: connection),
            Source(
                "data.mapping_field", "data.mapping_fields", id: "\(mappingID):name", "canonical_field = 'name'",
                insert: """
                    WITH c AS (\(connection)), m AS (\(mapping))
                    INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field)
                    VALUES ($1::uuid, '\(mappingID)', 'name', 'Name')
                    """,
                update: "confidence = 0.5", changed: "confidence"),
        ]
    }

    @Test("tells over both wires what happens to every kind of record", arguments: Source.all)
    func sources(_ source: Source) throws {
        if let prepare = source.prepare { try server.sql(prepare, [account.tenantID]) }
        let stream = try account.connected("\(Self.target)?topics=\(source.topic)")
        let socket = try socket("?topics=\(source.topic)")
        for statement in [source.insert, source.update, source.delete] {
            try server.sql(statement, [account.tenantID])
        }
        for done in ["created", "updated", "deleted"] {
            let event = try stream.next("event")
            #expect(
                Array(RecordStreams.keys(event.data).prefix(8)) == [
                    "type", "id", "topic", "event", "subject_kind", "subject_id", "at", "data",
                ])
            #expect(try event.member("type") as? String == "event")
            #expect(try event.member("id") as? String == event.lastID)
            #expect(try event.member("topic") as? String == source.topic)
            #expect(try event.member("event") as? String == "\(source.topic).\(done)")
            #expect(try event.member("subject_id") as? String == source.id)
            let data = try #require(try event.member("data") as? [String: Any])
            #expect(data["changed"] as? [String] == (done == "updated" ? [source.changed] : nil))
            #expect(try socket.next(WebSocketClient.text).text == event.data, "both wires carry the same")
        }
    }

    @Test("tells a sync from its first stage to its end")
    func sync() throws {
        let socket = try socket("?topics=data.sync,data.connection")
        try RecordStreams.source().connect(account)
        var events: [String] = []
        while events.filter({ $0 == "data.sync.finished" }).count < 3 {
            let message = try socket.next(WebSocketClient.text)
            events.append(try #require(try message.member("event") as? String))
            if events.last == "data.sync.finished" {
                let data = try #require(try message.member("data") as? [String: Any])
                #expect(data["status"] as? String == "succeeded")
                #expect(data["source_system"] as? String == "crm")
            }
        }
        #expect(events.first == "data.connection.created")
        #expect(
            Array(events.filter { $0.hasPrefix("data.sync.") }.prefix(5))
                == ["ingested", "canonicalized", "materialized", "journaled", "finished"].map { "data.sync.\($0)" })
        let updated = try socket.next(WebSocketClient.text)
        #expect(try updated.member("event") as? String == "data.connection.updated")
    }

    // MARK: What is asked for

    @Test("tells what topics, types and subjects choose, live and from the earliest that is kept")
    func filters() throws {
        let query = "?topics=data.account,data.contact&types=data.account.created,data.contact.created&subjects=A2,C1"
        let socket = try socket(query)
        try account.addAccounts(["A1", "A2", "A3"])
        try server.sql("UPDATE data.accounts SET name = 'x' WHERE tenant_id = $1::uuid", [account.tenantID])
        try server.sql(
            "INSERT INTO data.contacts (tenant_id, contact_id) VALUES ($1::uuid, 'C1')", [account.tenantID])
        for id in ["A2", "C1"] {
            #expect(try socket.next(WebSocketClient.text).member("subject_id") as? String == id)
        }
        let stream = try account.connected("\(Self.target)\(query)&since=earliest")
        #expect(stream.lastID == "1.0")
        #expect(
            try (1...2).map { _ in try stream.next("event").member("subject_id") as? String } == ["A2", "C1"])
        let again = try self.socket("?since=1.2&topics=data.account")
        #expect(try again.next(WebSocketClient.text).member("subject_id") as? String == "A3")
    }

    @Test("names each topic that there is not, before anything is opened")
    func unknownTopic() throws {
        let query = "\(Self.target)?topics=data.account,data.planet"
        let response = try account.client.get(query)
        #expect(response.status == 400)
        #expect(try response.string("errors[0].field") == "topics")
        #expect(try response.string("errors[0].message").contains("data.planet"))
        let connection = try RawConnection(port: server.port)
        #expect(
            try WebSocketClient.handshake(on: connection, port: server.port, query, token: account.token).status
                == 400)
        #expect(try account.client.get("\(Self.target)?since=x").string("errors[0].field") == "since")
        #expect(try HTTPClient(port: server.port).get(Self.target).status == 401)

        let topics = try account.client.get("\(Self.target)/topics")
        let names = try (topics.member("topics") as? [[String: String]])?.compactMap { $0["topic"] }
        let greeting = try EventStream(port: server.port, Self.target, token: account.token).next("connected")
        #expect(try greeting.member("topics") as? [String] == names)
        #expect(names?.contains("data.account") == true)
    }

    @Test("says first, on both wires, that history is lost")
    func lost() throws {
        try account.addAccounts(["A1"])
        _ = try account.connected("\(Self.target)?since=1.0").next("event")
        let stream = try EventStream(port: server.port, "\(Self.target)?since=1.999", token: account.token)
        let lost = try #require(try stream.next())
        #expect(lost.event == "lost")
        #expect(try lost.member("code") as? String == "history_lost")
        #expect(try lost.member("id") as? String == "1.1")
        let socket = try WebSocketClient(port: server.port, "\(Self.target)?since=0.1", token: account.token)
        #expect(try socket.next(WebSocketClient.text).member("type") as? String == "lost")
        let connected = try socket.next(WebSocketClient.text)
        #expect(try connected.member("type") as? String == "connected")
        #expect(try connected.member("id") as? String == "1.1")
    }

    // MARK: Limits and life

    @Test("keeps a user to the streams that the policy rows allow, and a quiet client's position fresh")
    func policies() throws {
        let server = try IdentityServer.fresh(
            sql: """
                UPDATE core.stream_limits SET limit_count = 2
                WHERE dialect = 'server' AND stream_class = 'stream' AND subject = 'user_id';
                UPDATE api.streams AS s SET heartbeat_ms = 300
                FROM api.routes AS r WHERE r.route_id = s.route_id AND r.path = '\(Self.target)'
                """)
        defer { server.stop() }
        let account = try Account(on: server)
        let query = "\(Self.target)?topics=data.contact"
        let stream = try account.connected(query)
        let socket = try WebSocketClient(port: server.port, query, token: account.token)
        let response = try account.client.get(Self.target)
        #expect(response.status == 429)
        #expect(try response.integer("status_code") == 429)
        #expect(response.header("Retry-After") != nil)
        let connection = try RawConnection(port: server.port)
        #expect(
            try WebSocketClient.handshake(on: connection, port: server.port, query, token: account.token).status
                == 429)

        try account.addAccounts(["A1", "A2"])  // of which they hear nothing but that time goes on
        try stream.readUntil { $0.lastID == "1.2" }
        while true {
            let message = try socket.next(WebSocketClient.text)
            guard try message.member("type") as? String == "heartbeat" else { continue }
            if try message.member("id") as? String == "1.2" { break }
        }
    }

    // MARK: Beside HTTP

    @Test("is what a BI login reads and is told of, by LISTEN and a view")
    func businessIntelligence() throws {
        let login = try BILogin(server: server, tenant: account.tenantID, label: "events")
        let connection = try BlockingConnection(conninfo: login.url)
        try connection.listen("pgserver_log")
        try Account(on: server).addAccounts(["THEIRS"])
        let stream = try account.connected(Self.target)
        try account.addAccounts(["A1", "A2"])
        var rows: [[String?]] = []
        while rows.count < 2 {
            guard try connection.waitForNotification(timeout: RawConnection.timeout) != nil else {
                throw TestFailure("nothing was notified")
            }
            let last = rows.last?[0] ?? "0"
            rows += try connection.rows(
                """
                SELECT position, type, subject_id, payload ->> 'name', topic_description
                FROM bi.events WHERE position > $1::bigint ORDER BY position
                """, [last])
        }
        #expect(
            rows == [
                ["1", "data.account.created", "A1", "A1", "Accounts."],
                ["2", "data.account.created", "A2", "A2", "Accounts."],
            ])
        for row in rows { #expect(try stream.next("event").lastID == "1.\(row[0] ?? "")") }
    }
}
