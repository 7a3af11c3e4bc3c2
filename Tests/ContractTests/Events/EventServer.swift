import Foundation
import Synchronization

@testable import PgServer

/// A server whose streams are those of `Fixtures/events.sql`, and the tenants that listen.
struct EventServer: Sendable {
    let catalog: CatalogServer

    var server: RunningServer { catalog.server }
    var port: UInt16 { server.port }
    var tenant: CatalogServer.Member { catalog.first }
    var neighbour: CatalogServer.Member { catalog.second }

    static func shared() throws -> EventServer { try sharedResult.get() }

    private static let sharedResult = Result { try EventServer("events") }

    init(_ name: String, environment: [String: String] = [:], over url: String? = nil) throws {
        catalog = try CatalogServer(name, environment: environment, over: url)
        try catalog.declare("events", answering: "/feed/plain")
    }

    /// Writes events of a tenant, each with the next number.
    func publish(
        _ numbers: ClosedRange<Int>, to member: CatalogServer.Member, type: String = "feed.notes.added",
        topic: String = "feed.notes", subject: String? = nil, textByteCount: Int = 0
    ) throws {
        _ = try BlockingConnection(conninfo: server.databaseURL).rows(
            """
            SELECT core.publish($1, $2, jsonb_build_object('n', n, 'text', repeat('x', $3::integer)), 'note', $4, $5::uuid)
            FROM generate_series($6::integer, $7::integer) AS n
            """,
            [
                topic, type, String(textByteCount), subject, member.tenantID, String(numbers.lowerBound),
                String(numbers.upperBound),
            ])
    }

    /// A new tenant, whose log is empty.
    func newTenant() throws -> CatalogServer.Member {
        try CatalogServer.register("listener\(Self.nextNumber())", at: port)
    }

    func listen(
        _ member: CatalogServer.Member, _ target: String = "/feed/plain", headers: [(String, String)] = []
    ) throws -> EventStream {
        try EventStream(port: port, target, token: member.token, headers: headers)
    }

    /// A stream that has said where it begins.
    func connected(
        _ member: CatalogServer.Member, _ target: String = "/feed/plain", headers: [(String, String)] = []
    ) throws -> EventStream {
        let stream = try listen(member, target, headers: headers)
        _ = try stream.next("connected")
        return stream
    }

    func socket(
        _ member: CatalogServer.Member, _ target: String = "/feed/socket", headers: [(String, String)] = []
    ) throws -> WebSocketClient {
        let socket = try WebSocketClient(port: port, target, token: member.token, headers: headers)
        guard try socket.next(WebSocketClient.text).member("type") as? String == "connected" else {
            throw TestFailure("the first message is not that of the connection")
        }
        return socket
    }

    /// Ends the session of a member's token.
    func revokeSession(of member: CatalogServer.Member) throws {
        let connection = try BlockingConnection(conninfo: server.databaseURL)
        let token = try AccessToken(member.token)
        _ = try connection.rows(
            "SELECT set_config('request.tenant_id', $1, false), set_config('request.user_id', $2, false)",
            [member.tenantID, try token.string("user_id")])
        let session = try token.string("sid")
        guard try connection.rows("SELECT auth.revoke_session($1::uuid)", [session]) == [["t"]] else {
            throw TestFailure("the session was not revoked")
        }
    }

    /// The value of a metric, over all its labels that hold the text.
    func metric(_ name: String, _ label: String = "") throws -> Int {
        try catalog.anyone.get("/metrics").text.split(separator: "\n")
            .filter { ($0.hasPrefix("\(name) ") || $0.hasPrefix("\(name){")) && (label.isEmpty || $0.contains(label)) }
            .reduce(0) { $0 + ($1.split(separator: " ").last.flatMap { Int($0) } ?? 0) }
    }

    private static let number = Mutex(0)

    private static func nextNumber() -> Int {
        number.withLock {
            $0 += 1
            return $0
        }
    }
}
