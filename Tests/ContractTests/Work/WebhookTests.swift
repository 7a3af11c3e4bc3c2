import Foundation
import Testing

@testable import PgServer

@Suite("A webhook", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct WebhookTests {
    private static let shared: Result<RunningServer, any Error> = Result {
        let server = try IdentityServer.fresh(
            environment: [
                "PGSERVER_WEBHOOKS_HTTP": "true", "PGSERVER_WEBHOOK_FAILURES_MAX": "\(failureCountMax)",
                "PGSERVER_EGRESS_ALLOW": "127.0.0.0/8", "PGSERVER_WORKERS": "4",
            ], sql: declarations)
        atexit { _ = try? WebhookTests.shared.get().stop() }
        return server
    }
    /// A topic of the tests' own.
    private static let declarations = "SELECT core.declare_topic('work.testing', 'For the tests.')"
    private static let secret = "webhook_secret_key"
    private static let failureCountMax = 3

    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try Self.shared.get()
        account = try Account(on: server)
    }

    private func create(_ url: String, _ events: [String] = ["work.testing.*"]) throws -> HTTPResponse {
        try account.client.post(
            "/api/v1/webhooks", json: json(["url": url, "events": events, "secret": Self.secret]))
    }

    private func createdID(_ url: String, _ events: [String] = ["work.testing.*"]) throws -> String {
        let response = try create(url, events)
        guard response.status == 201 else { throw TestFailure("create: \(response.text)") }
        return try response.string("id")
    }

    private func delivery(_ webhook: String, _ id: String) throws -> HTTPResponse {
        try account.client.get("/api/v1/webhooks/\(webhook)/deliveries/\(id)")
    }

    // MARK: The contract

    @Test("is made, shown, listed, changed and removed, and its secret is never shown")
    func kept() throws {
        let created = try create("https://your-app.test/webhook", ["pipeline.completed", "pipeline.failed"])
        #expect(created.status == 201)
        let id = try created.string("id")
        #expect(try created.member("events") as? [String] == ["pipeline.completed", "pipeline.failed"])
        #expect(try created.string("status") == "active")
        let path = "/api/v1/webhooks/\(id)"
        var answers = [created, try account.client.get(path)]
        #expect(try answers[1].string("url") == "https://your-app.test/webhook")

        _ = try createdID("https://your-app.test/second")
        let list = try account.client.get("/api/v1/webhooks?per_page=1&page=2")
        answers.append(list)
        #expect(list.header("X-Total-Count") == "2" && list.header("X-Page") == "2")
        #expect(try list.member("[0].id") as? String == id)

        let patched = try account.client.send(
            "PATCH", path, json: json(["secret": "another secret", "status": "disabled"]))
        answers.append(patched)
        #expect(patched.status == 200)
        #expect(try patched.string("disabled_by") == "person")
        #expect(try patched.string("url") == "https://your-app.test/webhook")
        let replaced = try account.client.send("PUT", path, json: json(["url": "https://b.test", "events": ["*"]]))
        answers.append(replaced)
        #expect(try replaced.string("status") == "active")
        #expect(try replaced.member("events") as? [String] == ["*"])
        #expect(try replaced.member("disabled_by") == nil)
        #expect(try account.client.send("PUT", path, json: json(["url": "https://b.test"])).status == 400)
        for answer in answers {
            #expect(!answer.text.contains(Self.secret) && !answer.text.contains("another secret"))
        }

        #expect(try account.client.send("DELETE", path).status == 204)
        for method in ["GET", "DELETE"] { #expect(try account.client.send(method, path).status == 404) }
        #expect(try account.client.get("\(path)/deliveries").status == 404)
        #expect(try account.client.post("\(path)/test", json: "").status == 404)
    }

    @Test("is refused in the contract's words, with everything that is wrong")
    func refused() throws {
        let body = json(["url": "ftp://a", "events": ["A B"], "secret": "short"])
        let response = try account.client.post("/api/v1/webhooks", json: body)
        #expect(response.status == 400)
        #expect(try response.string("error.code") == "VALIDATION_ERROR")
        let details = try response.member("error.details") as? [[String: String]]
        #expect(details?.compactMap { $0["field"] } == ["url", "events", "secret"])
        let missing = try account.client.post("/api/v1/webhooks", json: "{}")
        #expect((try missing.member("error.details") as? [[String: String]])?.count == 3)
    }

    @Test("is nobody's but its tenant's, and nobody's without the permission")
    func closed() throws {
        let id = try createdID("https://a.test/")
        let neighbour = try Account(on: server)
        let member = server.client(token: try account.createKey(scopes: ["audit.read"]).key)
        for (client, status) in [(neighbour.client, 404), (member, 403), (account.stranger, 401)] {
            #expect(try client.get("/api/v1/webhooks/\(id)").status == status)
            #expect(try client.send("PATCH", "/api/v1/webhooks/\(id)", json: "{}").status == status)
            #expect(try client.send("DELETE", "/api/v1/webhooks/\(id)").status == status)
            #expect(try client.post("/api/v1/webhooks/\(id)/test", json: "").status == status)
            #expect(try client.get("/api/v1/webhooks/\(id)/deliveries").status == status)
        }
        #expect(try neighbour.client.get("/api/v1/webhooks").text == "[]")
        #expect(try account.client.get("/api/v1/webhooks/\(id)").status == 200)
    }

    @Test("is made once under one Idempotency-Key")
    func keyed() throws {
        let body = json(["url": "https://a.test/", "events": ["a"], "secret": Self.secret])
        let answers = try (1...3).map { _ in
            try account.client.post("/api/v1/webhooks", json: body, headers: [("Idempotency-Key", "make it once")])
        }
        #expect(answers.allSatisfy { $0.status == 400 })  // a key holds no space
        let keyed = try (1...3).map { _ in
            try account.client.post("/api/v1/webhooks", json: body, headers: [("Idempotency-Key", "\"once\"")])
        }
        #expect(keyed.allSatisfy { $0.status == 201 && $0.body == keyed[0].body })
        #expect(try account.client.get("/api/v1/webhooks").header("X-Total-Count") == "1")
    }

    // MARK: Deliveries, by a worker to a real HTTP server

    /// Waits until a delivery is no longer pending.
    private func finished(_ webhook: String, _ id: String) throws -> HTTPResponse {
        var response = try delivery(webhook, id)
        try eventually("the delivery is over") {
            response = try delivery(webhook, id)
            return try response.string("status") != "pending"
        }
        return response
    }

    /// Publishes an event as a business transaction would, and has it numbered.
    private func publish(_ type: String, _ payload: String) throws {
        try account.sql("SELECT core.publish('work.testing', $1, $2::jsonb, 'thing', '7')", [type, payload])
        try server.sql("SELECT count(*) FROM api.sequence_events(1000)")
    }

    private func logged(_ webhook: String, _ query: String = "") throws -> [[String: Any]] {
        try account.client.get("/api/v1/webhooks/\(webhook)/deliveries\(query)").json() as? [[String: Any]] ?? []
    }

    @Test("is told of what it asks for, once, signed so that ten lines of Python can tell")
    func delivered() throws {
        let receiver = try WebhookReceiver()
        let webhook = try createdID(receiver.url(status: 200, secret: Self.secret), ["work.*.done", "other"])
        try publish("work.testing.done", #"{"rows": 12, "name": "ü \"q\" \\"}"#)
        try publish("work.testing.undone", "{}")
        try publish("work.testing.done", #"{"rows": 13}"#)
        // Each event is told of apart from the others, and not in their order.
        try eventually("both have come") { try receiver.received().count >= 2 }
        try eventually("both are in the log") { try logged(webhook, "?status=delivered").count == 2 }
        let received = try receiver.received()
        #expect(received.count == 2)
        #expect(received.allSatisfy { $0.isVerified && !$0.isForgeryVerified })
        #expect(received.allSatisfy { $0.event == "work.testing.done" && $0.body["event"] as? String == $0.event })
        #expect(received.allSatisfy { $0.key == $0.delivery })
        let first = try #require(received.first { ($0.body["data"] as? [String: Any])?["rows"] as? Int == 12 })
        #expect(first.body.keys.sorted() == ["data", "event", "signature", "timestamp"])
        let data = try #require(first.body["data"] as? [String: Any])
        #expect(data["name"] as? String == "ü \"q\" \\")
        #expect((data["subject"] as? [String: String]) == ["kind": "thing", "id": "7"])

        let entry = try delivery(webhook, first.delivery)
        #expect(try entry.member("response_status") as? Int == 200)
        #expect(try entry.string("response_excerpt") == "received")
        #expect(try entry.member("attempts") as? Int == 1)
        #expect(try entry.member("duration_ms") is Int)
        #expect(try account.client.get("/api/v1/webhooks/\(webhook)").member("last_success_at") is String)
    }

    @Test("is sent a ping when it is tested, and what it was sent again when that is asked for")
    func redelivered() throws {
        let receiver = try WebhookReceiver()
        let webhook = try createdID(receiver.url(status: 200, secret: Self.secret))
        let test = try account.client.post("/api/v1/webhooks/\(webhook)/test", json: "")
        #expect(test.status == 202)
        let id = try test.string("id")
        #expect(try finished(webhook, id).string("status") == "delivered")
        let again = try account.client.post("/api/v1/webhooks/\(webhook)/deliveries/\(id):redeliver", json: "")
        #expect(again.status == 202)
        #expect(try again.string("redelivery_of") == id)
        #expect(try finished(webhook, try again.string("id")).string("status") == "delivered")
        let received = try receiver.received()
        #expect(received.map(\.event) == ["ping", "ping"])
        #expect(received.allSatisfy { $0.isVerified })
        #expect(Set(received.map(\.key)).count == 2)
        #expect(received[0].body["timestamp"] as? String == received[1].body["timestamp"] as? String)
        #expect(try logged(webhook).map { $0["reason"] as? String } == ["redelivery", "test"])
    }

    @Test("is tried again later when it fails, and the log says when and why")
    func retried() throws {
        let receiver = try WebhookReceiver()
        let webhook = try createdID(receiver.url(status: 503, secret: Self.secret))
        let id = try account.client.post("/api/v1/webhooks/\(webhook)/test", json: "").string("id")
        var entry = try delivery(webhook, id)
        try eventually("the first attempt has failed") {
            entry = try delivery(webhook, id)
            return try entry.member("next_attempt_at") is String && entry.member("response_status") != nil
        }
        #expect(try entry.string("status") == "pending")
        #expect(try entry.member("attempts") as? Int == 1)
        #expect(try entry.member("response_status") as? Int == 503)
        #expect(try entry.string("response_excerpt") == "received")
        #expect(try (entry.member("failures") as? [[String: Any]])?.count == 1)
        let refused = try account.client.post("/api/v1/webhooks/\(webhook)/deliveries/\(id):redeliver", json: "")
        #expect(refused.status == 409)
        // It is not sent any more once the webhook is switched off.
        let disabled = try account.client.send(
            "PATCH", "/api/v1/webhooks/\(webhook)", json: json(["status": "disabled"]))
        #expect(disabled.status == 200)
        #expect(try delivery(webhook, id).string("status") == "cancelled")
    }

    @Test(
        "is disabled when its receiver says that it is gone, or one event after another cannot be delivered",
        arguments: [(410, 1, "receiver"), (404, failureCountMax, "failures")])
    func disabled(_ status: Int, _ eventCount: Int, _ reason: String) throws {
        let receiver = try WebhookReceiver()
        let webhook = try createdID(receiver.url(status: status, secret: Self.secret))
        for _ in 1...eventCount { try publish("work.testing.done", "{}") }
        try eventually("it is disabled") {
            try account.client.get("/api/v1/webhooks/\(webhook)").string("status") == "disabled"
        }
        #expect(try account.client.get("/api/v1/webhooks/\(webhook)").string("disabled_by") == reason)
        let statuses = try logged(webhook).compactMap { $0["status"] as? String }
        #expect(statuses == Array(repeating: "failed", count: eventCount))
        let events = try server.sqlValue(
            "SELECT count(*) FROM core.events WHERE type = 'work.webhook.disabled' AND subject_id = $1", [webhook])
        #expect(events == "1", "an event tells of it")
        // It is told of nothing more, and another one is.
        let witness = try createdID(receiver.url(status: 200, secret: Self.secret))
        try publish("work.testing.done", "{}")
        try eventually("the other is told") { try logged(witness, "?status=delivered").count == 1 }
        #expect(try logged(webhook).count == eventCount)
    }

    @Test("that leads to a forbidden address is not called, and the log says so")
    func forbidden() throws {
        let webhook = try createdID("http://169.254.169.254/latest/meta-data")
        let id = try account.client.post("/api/v1/webhooks/\(webhook)/test", json: "").string("id")
        let entry = try finished(webhook, id)
        #expect(try entry.string("status") == "failed")
        #expect(try entry.string("error.code") == "address_not_allowed")
        #expect(try entry.member("attempts") as? Int == 1)
    }

    @Test("is verified by the lines that the documents show")
    func documented() throws {
        let code = try String(
            contentsOfFile: Project.root + "/Tests/ContractTests/Fixtures/verify_webhook.py", encoding: .utf8)
        let document = try String(contentsOfFile: Project.root + "/docs/WEBHOOKS.md", encoding: .utf8)
        #expect(document.contains(code))
        #expect(code.split(separator: "\n").count <= 10)
    }
}
