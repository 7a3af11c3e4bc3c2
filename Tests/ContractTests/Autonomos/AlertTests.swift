import Foundation
import Testing

@testable import PgServer

@Suite("An alert rule", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct AlertTests {
    private static let shared: Result<RunningServer, any Error> = Result {
        let server = try IdentityServer.fresh(environment: [
            "PGSERVER_WEBHOOKS_HTTP": "true", "PGSERVER_EGRESS_ALLOW": "127.0.0.0/8", "PGSERVER_WORKERS": "4",
            "PGSERVER_ALERT_RULES_MAX": "3",
        ])
        atexit { _ = try? AlertTests.shared.get().stop() }
        return server
    }
    private static let rules = "/api/v1/aam/alert-rules"
    private static let ruleKeys = [
        "id", "name", "metric", "connection_id", "comparison", "threshold", "window_minutes", "channel", "url",
        "recipients", "is_active", "state", "last_value", "last_evaluated_at", "created_at", "updated_at",
    ]
    private static let secret = "webhook_secret_key"

    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try Self.shared.get()
        account = try Account(on: server)
    }

    private static func rule(_ more: [String: Any] = [:]) -> [String: Any] {
        [
            "name": "Failing syncs", "metric": "sync_failures", "threshold": 1, "channel": "webhook",
            "url": "https://ops.test/hook",
        ].merging(more) { $1 }
    }

    private func create(_ more: [String: Any] = [:]) throws -> HTTPResponse {
        try account.client.post(Self.rules, json: json(Self.rule(more)))
    }

    /// Has the tenant's rules looked at now, not when the minute is over.
    private func evaluate() throws {
        try server.sql(
            "SELECT work.enqueue('data.evaluate_alerts', unique_key => 'all', tenant_id => $1::uuid)",
            [account.tenantID])
    }

    private func fail(_ connection: String) throws {
        try server.sql(
            """
            INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity, status, started_at, finished_at)
            VALUES ($1::uuid, $2::uuid, gen_random_uuid(), 'account', 'failed', now(), now())
            """, [account.tenantID, connection])
    }

    // MARK: The rule

    @Test("is made, shown, listed, changed and removed, and its secret is never shown")
    func kept() throws {
        let created = try create(["secret": Self.secret])
        #expect(created.status == 201, "\(created.text)")
        #expect(RecordStreams.keys(created.text) == Self.ruleKeys)
        #expect(try created.string("comparison") == "above")
        #expect(try created.integer("window_minutes") == 60)
        #expect(try created.string("state") == "unknown")
        #expect(try created.member("is_active") as? Bool == true)
        let path = try "\(Self.rules)/\(created.string("id"))"
        let shown = try account.client.get(path)
        #expect(shown.text == created.text)
        _ = try create(["name": "A second"])
        let list = try account.client.get("\(Self.rules)?limit=1&offset=1")
        #expect(RecordStreams.keys(list.text) == ["items"] + Self.ruleKeys + ["total", "limit", "offset", "has_more"])
        #expect(try list.integer("total") == 2)
        #expect(try list.string("items[0].name") == "Failing syncs")

        let changed = try account.client.send(
            "PATCH", path, json: json(["threshold": 2.5, "comparison": "below", "secret": "another secret"]))
        #expect(changed.status == 200)
        #expect(try changed.member("threshold") as? Double == 2.5)
        #expect(try changed.string("comparison") == "below")
        #expect(try changed.string("url") == "https://ops.test/hook")
        for answer in [created, shown, list, changed] {
            #expect(!answer.text.contains(Self.secret) && !answer.text.contains("another secret"))
        }
        #expect(try account.client.send("DELETE", path).status == 204)
        for method in ["GET", "DELETE"] { #expect(try account.client.send(method, path).status == 404) }
        #expect(try account.client.send("PATCH", path, json: "{}").status == 404)
        #expect(try account.client.post("\(path)/test", json: "{}").status == 404)
    }

    private static let faults: [(String, Any, String)] = [
        ("name", "", "name"), ("metric", "happiness", "metric"), ("threshold", "many", "threshold"),
        ("threshold", 1e16, "threshold"), ("comparison", "beside", "comparison"),
        ("window_minutes", 0, "window_minutes"),
        ("window_minutes", 10081, "window_minutes"), ("channel", "pigeon", "channel"), ("url", "ftp://a.test", "url"),
        ("url", "https://me:it@a.test/", "url"), ("secret", "short", "secret"),
        ("recipients", ["a@b.test"], "recipients"),
        ("connection_id", "00000000-0000-4000-8000-000000000001", "connection_id"),
        ("connection_id", "crm", "connection_id"),
    ]

    @Test("is refused if it cannot work, and the field is named", arguments: faults.indices)
    func refused(_ index: Int) throws {
        let (field, value, named) = Self.faults[index]
        let response = try create([field: value])
        #expect(response.status == 400, "\(field): \(response.text)")
        let errors = try #require(try response.member("errors") as? [[String: Any]])
        #expect(errors.compactMap { $0["field"] as? String } == [named])
    }

    @Test("by mail is refused where the server has no address to send from")
    func mailNotConfigured() throws {
        let body = json([
            "name": "x", "metric": "drift_events", "threshold": 1, "channel": "mail", "recipients": ["ada@example.com"],
        ])
        let response = try account.client.post(Self.rules, json: body)
        #expect(response.status == 400)
        #expect(try response.string("errors[0].field") == "channel")
        #expect(try response.string("errors[0].message").contains("PGSERVER_ALERT_FROM"))
    }

    @Test("is one of as many as a tenant may have")
    func limit() throws {
        for number in 1...3 { #expect(try create(["name": "Rule \(number)"]).status == 201) }
        let response = try create()
        #expect(response.status == 409)
        #expect(try response.string("detail") == "There are 3 alert rules already, as many as may be.")
    }

    @Test("is nobody's but its tenant's, and nobody's without the permission")
    func closed() throws {
        let id = try create().string("id")
        let neighbour = try Account(on: server)
        let member = server.client(token: try account.createKey(scopes: ["connections.write"]).key)
        for (client, status) in [(neighbour.client, 404), (member, 403), (account.stranger, 401)] {
            #expect(try client.get("\(Self.rules)/\(id)").status == status)
            #expect(try client.send("PATCH", "\(Self.rules)/\(id)", json: "{}").status == status)
            #expect(try client.send("DELETE", "\(Self.rules)/\(id)").status == status)
            #expect(try client.post("\(Self.rules)/\(id)/test", json: "{}").status == status)
        }
        #expect(try member.get(Self.rules).status == 403)
        #expect(try member.get("/api/v1/aam/alerts").status == 200)
        #expect(try neighbour.client.get(Self.rules).integer("total") == 0)
    }

    // MARK: The alert

    @Test("tells once of a figure that passes its threshold, signed, and once that it is back")
    func fired() throws {
        let receiver = try WebhookReceiver()
        let connection = try account.connect("CRM", "push")
        let rule = try create([
            "connection_id": connection, "secret": Self.secret, "url": receiver.url(status: 200, secret: Self.secret),
        ]).string("id")
        try fail(connection)
        try fail(connection)
        try evaluate()
        try eventually("the alert arrives") { !(try receiver.received().isEmpty) }
        try eventually("the notice is known to have arrived") {
            try server.sqlValue("SELECT status FROM data.alert_notices WHERE tenant_id = $1::uuid", [account.tenantID])
                == "delivered"
        }
        try evaluate()
        try eventually("the rule was looked at again") {
            try server.sqlValue(
                "SELECT count(*) FROM work.jobs WHERE kind = 'data.evaluate_alerts' AND tenant_id = $1::uuid",
                [account.tenantID]) == "0"
        }
        let firing = try account.client.get("/api/v1/aam/alerts?status=firing&alert_rule_id=\(rule)")
        #expect(
            RecordStreams.keys(firing.text) == [
                "items", "id", "alert_rule_id", "rule_name", "metric", "connection_id", "comparison", "threshold",
                "window_minutes", "value", "status", "fired_at", "resolved_at", "resolved_value", "notices", "id",
                "reason", "channel", "status", "error", "total", "limit", "offset", "has_more",
            ])
        #expect(try firing.integer("total") == 1)
        #expect(try firing.integer("items[0].value") == 2)
        #expect(try account.client.get("\(Self.rules)/\(rule)").string("state") == "firing")

        try server.sql("UPDATE data.sync_runs SET status = 'succeeded' WHERE tenant_id = $1::uuid", [account.tenantID])
        try evaluate()
        try eventually("the end of the alert arrives") { try receiver.received().count > 1 }
        let received = try receiver.received()
        #expect(received.map(\.event) == ["data.alert.fired", "data.alert.resolved"])
        for notice in received {
            #expect(notice.isVerified && !notice.isForgeryVerified)
            #expect(notice.key == notice.delivery)
            let data = try #require(notice.body["data"] as? [String: Any])
            #expect(data["alert_rule_id"] as? String == rule)
            #expect(data["connection_name"] as? String == "CRM")
        }
        let resolved = try account.client.get("/api/v1/aam/alerts?status=resolved")
        #expect(try resolved.integer("items[0].resolved_value") == 0)
        #expect(try account.client.get("/api/v1/aam/alerts?status=firing").integer("total") == 0)
        #expect(try account.client.get("/api/v1/aam/alerts?since=2999-01-01T00:00:00Z").integer("total") == 0)
        #expect(try account.client.get("\(Self.rules)/\(rule)").string("state") == "ok")
        #expect(try Account(on: server).client.get("/api/v1/aam/alerts").integer("total") == 0)
    }

    @Test("is looked at by the server's own schedule, without being asked")
    func scheduled() throws {
        let connection = try account.connect("CRM", "push")
        try fail(connection)
        let rule = try create(["threshold": 0, "is_active": true]).string("id")
        // The minute need not be waited for: the schedule is due whenever its clock says so.
        try server.sql(
            """
            UPDATE work.schedule_clocks AS c SET next_run_at = now()
            FROM work.schedules AS s WHERE s.schedule_id = c.schedule_id AND s.name = 'data.dispatch_alerts'
            """)
        try eventually("the rule has fired") {
            try server.sqlValue("SELECT count(*) FROM data.alerts WHERE alert_rule_id = $1::uuid", [rule]) == "1"
        }
    }

    @Test("can be tried, and tells what came of it")
    func tried() throws {
        let receiver = try WebhookReceiver()
        let rule = try create(["url": receiver.url(status: 404, secret: Self.secret), "secret": Self.secret]).string(
            "id")
        let tried = try account.client.post("\(Self.rules)/\(rule)/test", json: "{}")
        #expect(tried.status == 202)
        #expect(RecordStreams.keys(tried.text) == ["notice_id", "alert_rule_id", "status"])
        let notice = try "/api/v1/aam/alert-notices/\(tried.string("notice_id"))"
        // A client may read only so often; the database is asked instead.
        try eventually("the notice is given up") {
            try server.sqlValue("SELECT status FROM data.alert_notices WHERE tenant_id = $1::uuid", [account.tenantID])
                != "pending"
        }
        let failed = try account.client.get(notice)
        #expect(
            RecordStreams.keys(failed.text) == [
                "id", "alert_rule_id", "alert_id", "reason", "channel", "status", "attempts", "response_status",
                "error", "created_at", "finished_at",
            ])
        #expect(try failed.string("reason") == "test")
        #expect(try failed.integer("response_status") == 404)
        #expect(try receiver.received().map(\.event) == ["data.alert.test"])
        #expect(try account.client.get("/api/v1/aam/alerts").integer("total") == 0)
        #expect(try Account(on: server).client.get(notice).status == 404)
    }
}
