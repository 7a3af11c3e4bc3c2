import Testing

@testable import PgServer

@Suite(
    "A POST with an Idempotency-Key", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct IdempotencyTests {
    private static let shared = Result {
        let catalog = try CatalogServer("keyed")
        try catalog.declare("keyed", answering: "/keyed/count?name=x")
        return catalog
    }
    private let catalog: CatalogServer

    init() throws { catalog = try Self.shared.get() }

    private func post(
        _ target: String, _ json: String, key: String?, as client: HTTPClient? = nil
    ) throws -> HTTPResponse {
        try (client ?? catalog.client).post(
            target, json: json, headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    private func effectCount(_ name: String) throws -> Int? {
        try catalog.anyone.get("/keyed/count?name=\(name)").member("count") as? Int
    }

    private static func freshKey() -> String { "key-\(Subprocess.nextNumber())" }

    private static func isReplay(_ response: HTTPResponse) -> Bool { response.header("Idempotency-Replayed") == "true" }

    /// Finds the backend in which an effect of that name takes its time.
    private static func sleeping(_ name: String) -> String {
        "SELECT pid FROM pg_stat_activity WHERE application_name = '\(name)' AND wait_event = 'PgSleep'"
    }

    private func nextAttempt() throws -> Int {
        let text = try catalog.value("SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM keyed.attempts")
        return try #require(text.flatMap { Int($0) })
    }

    // MARK: The same request again

    static let kinds = ["json", "jsonb", "reply", "text", "bytes", "void", "absent", "page"]

    @Test("is done once and answered alike, whatever its function returns", arguments: kinds)
    func replayed(_ kind: String) throws {
        let (name, key) = ("replayed-\(kind)", Self.freshKey())
        let first = try post("/keyed/\(kind)", #"{"name":"\#(name)"}"#, key: key)
        #expect(first.status == (["json": 201, "reply": 202, "void": 204, "absent": 404][kind] ?? 200))
        #expect(!Self.isReplay(first))
        for _ in 1...2 {
            let again = try post("/keyed/\(kind)", #"{"name":"\#(name)"}"#, key: key)
            #expect(again.status == first.status)
            #expect(again.body == first.body)
            for field in ["Content-Type", "Content-Length", "Location", "X-Many"] {
                #expect(again.header(field) == first.header(field), "\(field)")
            }
            #expect(Self.isReplay(again))
            #expect(again.header("X-Request-Id") != first.header("X-Request-Id"))
        }
        #expect(try effectCount(name) == 1)
    }

    @Test("is answered with the page it asked for, again")
    func page() throws {
        let (body, key) = (#"{"name":"page","limit":3,"offset":6}"#, Self.freshKey())
        let first = try post("/keyed/page", body, key: key)
        #expect(try first.member("limit") as? Int == 3)
        #expect(try first.member("offset") as? Int == 6)
        #expect(try post("/keyed/page", body, key: key).body == first.body)
        #expect(try effectCount("page") == 1)
    }

    @Test("is the same in quotes, as the draft writes a key, and bare")
    func quoted() throws {
        let key = Self.freshKey()
        let first = try post("/keyed/json", #"{"name":"quoted"}"#, key: "\"\(key)\"")
        let again = try post("/keyed/json", #"{"name":"quoted"}"#, key: key)
        #expect(first.status == 201 && again.body == first.body && Self.isReplay(again))
    }

    @Test("is done again without a key, or with another")
    func others() throws {
        for key in [nil, nil, Self.freshKey(), Self.freshKey()] {
            let response = try post("/keyed/json", #"{"name":"others"}"#, key: key)
            #expect(response.status == 201 && !Self.isReplay(response))
        }
        #expect(try effectCount("others") == 4)
    }

    // MARK: Another request

    @Test("is refused if body, path or query are not those of the key's first request")
    func reused() throws {
        let key = Self.freshKey()
        #expect(try post("/keyed/json/reused?a=1", "", key: key).status == 201)
        let others = [
            ("/keyed/json/reused?a=2", ""), ("/keyed/json/reused", ""), ("/keyed/json/reused2?a=1", ""),
            ("/keyed/json/reused?a=1", "{}"),
        ]
        for (target, body) in others {
            let response = try post(target, body, key: key)
            #expect(response.status == 422)
            #expect(!Self.isReplay(response))
        }
        #expect(try effectCount("reused") == 1)
        #expect(try effectCount("reused2") == 0)
        #expect(Self.isReplay(try post("/keyed/json/reused?a=1", "", key: key)))
    }

    @Test("is another request on another route")
    func routes() throws {
        let key = Self.freshKey()
        #expect(try post("/keyed/json", #"{"name":"routes"}"#, key: key).status == 201)
        #expect(try post("/keyed/jsonb", #"{"name":"routes"}"#, key: key).status == 200)
        #expect(try effectCount("routes") == 2)
    }

    @Test("is another request of another tenant, and shows it nothing")
    func tenants() throws {
        let key = Self.freshKey()
        let first = try post("/keyed/json", #"{"name":"tenants"}"#, key: key)
        let second = try post("/keyed/json", #"{"name":"tenants"}"#, key: key, as: catalog.neighbour)
        #expect(second.status == 201 && !Self.isReplay(second))
        #expect(second.body != first.body)
        #expect(try post("/keyed/json", #"{"name":"other"}"#, key: key, as: catalog.neighbour).status == 422)
        #expect(try post("/keyed/json", #"{"name":"tenants"}"#, key: key).body == first.body)
        #expect(try effectCount("tenants") == 2)
    }

    // MARK: Keys

    static let malformed = [
        "", "\"\"", "\"open", "\"a\"b\"", "a b", "\"a b\"", "é", "\"a\\\"", "\"a\"; b",
        String(repeating: "k", count: 256),
    ]

    @Test("is refused if the key is none, and the field is named", arguments: malformed)
    func malformedKey(_ key: String) throws {
        let response = try post("/keyed/json", #"{"name":"malformed"}"#, key: key)
        #expect(response.status == 400)
        let faults = try response.member("errors") as? [[String: String]]
        #expect(faults?.map { $0["field"] } == ["Idempotency-Key"])
        #expect(try effectCount("malformed") == 0)
    }

    @Test("takes the longest key, and one of marks alone")
    func keys() throws {
        for key in [String(repeating: "k", count: 255), "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "\"a\\\\\\\"b\""] {
            let first = try post("/keyed/json", #"{"name":"keys"}"#, key: key)
            let again = try post("/keyed/json", #"{"name":"keys"}"#, key: key)
            #expect(first.status == 201 && again.body == first.body && Self.isReplay(again), "\(key)")
        }
    }

    @Test("is done again when the key has expired, a day after")
    func expired() throws {
        let key = Self.freshKey()
        let body = #"{"name":"expired"}"#
        #expect(try post("/keyed/json", body, key: key).status == 201)
        let lifetime = try catalog.value(
            "SELECT expires_at - answered_at FROM core.idempotency_keys WHERE key = '\(key)'")
        #expect(lifetime == "1 day")
        try catalog.run("UPDATE core.idempotency_keys SET expires_at = now() - interval '1 s' WHERE key = '\(key)'")
        // An expired key is free for any request.
        let second = try post("/keyed/json", #"{"name":"expired","seconds":0}"#, key: key)
        #expect(second.status == 201 && !Self.isReplay(second))
        #expect(try effectCount("expired") == 2)
        #expect(try post("/keyed/json", body, key: key).status == 422)
    }

    // MARK: What is not kept

    @Test("is done again if it failed: an error is rolled back and not kept")
    func failed() throws {
        let key = Self.freshKey()
        let body = #"{"name":"failed","succeeds_at":\#(try nextAttempt() + 2)}"#
        for _ in 1...2 {
            let refused = try post("/keyed/fail", body, key: key)
            #expect(refused.status == 409)
            #expect(try refused.member("detail") as? String == "Not yet.")
        }
        let done = try post("/keyed/fail", body, key: key)
        #expect(done.status == 200 && !Self.isReplay(done))
        #expect(try post("/keyed/fail", body, key: key).body == done.body)
        #expect(try effectCount("failed") == 1)
    }

    @Test("gets new tokens each time")
    func tokens() throws {
        let key = Self.freshKey()
        let answers = try (1...2).map { _ in try post("/keyed/tokens", #"{"name":"tokens"}"#, key: key) }
        #expect(answers.allSatisfy { $0.status == 200 && !Self.isReplay($0) })
        #expect(try answers[0].member("access_token") as? String != answers[1].member("access_token") as? String)
        #expect(try catalog.value("SELECT count(*) FROM core.idempotency_keys WHERE key = '\(key)'") == "0")
    }

    @Test("is not done again if its answer was too long to be kept, and says so")
    func tooLong() throws {
        let lengthMax = 1_048_576
        for (length, status) in [(lengthMax, 200), (lengthMax + 1, 409)] {
            let (body, key) = (#"{"name":"long","length":\#(length)}"#, Self.freshKey())
            #expect(try post("/keyed/text", body, key: key).body.count == length)
            let again = try post("/keyed/text", body, key: key)
            #expect(again.status == status)
        }
    }

    @Test("is an ordinary request where the field is not heeded", arguments: ["open", "off", "read"])
    func unheeded(_ route: String) throws {
        let key = Self.freshKey()
        let client = route == "open" ? catalog.anyone : catalog.client
        for _ in 1...2 {
            let response = try post("/keyed/\(route)", #"{"name":"unheeded-\#(route)"}"#, key: key, as: client)
            #expect(response.status == 200 && !Self.isReplay(response))
        }
        #expect(try effectCount("unheeded-\(route)") == (route == "read" ? 0 : 2))
    }

    @Test("is an ordinary request of somebody who is not signed in, and of another method")
    func unkeyed() throws {
        let key = Self.freshKey()
        for _ in 1...2 {
            let open = try post("/keyed/either", #"{"name":"unkeyed"}"#, key: key, as: catalog.anyone)
            let put = try catalog.client.send(
                "PUT", "/keyed/put", json: #"{"name":"unkeyed"}"#, headers: [("Idempotency-Key", key)])
            #expect(open.status == 200 && put.status == 200)
        }
        #expect(try effectCount("unkeyed") == 4)
        let signedIn = try (1...2).map { _ in try post("/keyed/either", #"{"name":"unkeyed"}"#, key: key) }
        #expect(Self.isReplay(signedIn[1]))
        #expect(try effectCount("unkeyed") == 5)
    }

    // MARK: At the same time

    static let contracts = zip(
        RefusalShape.all,
        ["/api/v1/dcl/keyed", "/api/v1/pipelines/keyed", "/api/keyed", "/runs/keyed", "/api/v1/keyed", "/keyed/json"])

    @Test(
        "is refused in each contract's words: malformed, reused, and at once while the first is under way",
        arguments: contracts)
    func shapes(_ shape: RefusalShape, _ path: String) throws {
        let key = Self.freshKey()
        let name = "shape-\(shape.name)"
        try shape.expect(
            try post(path, #"{"name":"\#(name)"}"#, key: "a b"), shape.name == "auterity" ? 422 : 400)

        let body = #"{"name":"\#(name)","seconds":20}"#
        let connection = try RawConnection(port: catalog.server.port)
        try connection.send(
            "POST \(path) HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(catalog.first.token)\r\n"
                + "Idempotency-Key: \(key)\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let sleeping = Self.sleeping(name)
        try eventually("the first is under way") { try catalog.value(sleeping) != nil }
        let refused = try post(path, body, key: key)
        try shape.expect(refused, 409)
        #expect(refused.header("Retry-After") == "1")
        #expect(!Self.isReplay(refused))
        if shape.name == "autonomos" { #expect(try refused.member("retry_after") as? Int == 1) }
        if ["etl", "auterity", "orchestrator"].contains(shape.name) {
            #expect(try refused.member("error.code") as? String == "IDEMPOTENCY_IN_FLIGHT")
        }
        // Ended while it is under way, it has left nothing behind: the next is the first.
        _ = try catalog.value("SELECT pg_cancel_backend(pid) FROM (\(sleeping)) AS s")
        #expect(try connection.response(to: "POST").status >= 500)
        let quick = #"{"name":"\#(name)"}"#
        let done = try post(path, quick, key: key)
        #expect(done.status < 300 && !Self.isReplay(done))
        #expect(Self.isReplay(try post(path, quick, key: key)))

        let reused = try post(path, #"{"name":"another"}"#, key: key)
        try shape.expect(reused, 422)
        if ["etl", "auterity", "orchestrator"].contains(shape.name) {
            #expect(try reused.member("error.code") as? String == "IDEMPOTENCY_KEY_REUSED")
        }
        #expect(try effectCount(name) == 1)
    }

    @Test("is done exactly once, however many come at the same time")
    func duplicates() throws {
        let (connectionCount, requestCount) = (50, 40)
        let key = Self.freshKey()
        let body = #"{"name":"duplicates","seconds":0.02}"#
        let request =
            "POST /keyed/json HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(catalog.first.token)\r\n"
            + "Idempotency-Key: \(key)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let connections = try (0..<connectionCount).map { _ in try RawConnection(port: catalog.server.port) }
        for connection in connections { try connection.send(String(repeating: request, count: requestCount)) }
        var answers: [HTTPResponse] = []
        for connection in connections {
            for _ in 0..<requestCount { answers.append(try connection.response(to: "POST")) }
        }
        #expect(answers.count == connectionCount * requestCount)
        #expect(answers.allSatisfy { [201, 409].contains($0.status) })
        let done = answers.filter { $0.status == 201 }
        #expect(done.count { !Self.isReplay($0) } == 1)
        #expect(Set(done.map(\.body)).count == 1)
        #expect(try effectCount("duplicates") == 1)
        #expect(Self.isReplay(try post("/keyed/json", body, key: key)))
    }

    // MARK: Something breaks between

    @Test("survives the loss of its connection, where a request without a key cannot")
    func lost() throws {
        let without = #"{"name":"lost","succeeds_at":\#(try nextAttempt() + 1)}"#
        #expect(try post("/keyed/lose", without, key: nil).status == 503)
        #expect(try effectCount("lost") == 0)
        let body = #"{"name":"lost","succeeds_at":\#(try nextAttempt() + 1)}"#
        let key = Self.freshKey()
        let done = try post("/keyed/lose", body, key: key)
        #expect(done.status == 200)
        #expect(try effectCount("lost") == 1)
        #expect(try post("/keyed/lose", body, key: key).body == done.body)
        #expect(try effectCount("lost") == 1)
    }

    @Test("finds its answer at another server after the first has crashed over it")
    func crashed() throws {
        let key = Self.freshKey()
        let body = #"{"name":"crashed","seconds":1}"#
        let crashing = try RunningServer(databaseURL: catalog.server.databaseURL)
        let connection = try RawConnection(port: crashing.port)
        try connection.send(
            "POST /keyed/json HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(catalog.first.token)\r\n"
                + "Idempotency-Key: \(key)\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        // PostgreSQL has all of the transaction, down to its end, and goes on without the server.
        try eventually("it is under way") { try catalog.value(Self.sleeping("crashed")) != nil }
        crashing.crash()
        var refusals = 0
        var answer = try post("/keyed/json", body, key: key)
        try eventually("the first is over") {
            if answer.status == 409 {
                refusals += 1
                answer = try post("/keyed/json", body, key: key)
            }
            return answer.status != 409
        }
        #expect(answer.status == 201 && Self.isReplay(answer))
        #expect(refusals > 0)
        #expect(try effectCount("crashed") == 1)
    }

    // MARK: Where it is told

    @Test("is described where the field is heeded, and nowhere else")
    func described() throws {
        let document = try catalog.anyone.get("/openapi.json")
        func parameters(_ path: String) throws -> [[String: Any]] {
            let paths = try #require(try document.member("paths") as? [String: [String: [String: Any]]])
            return paths[path]?["post"]?["parameters"] as? [[String: Any]] ?? []
        }
        func isKeyed(_ path: String) throws -> Bool {
            try parameters(path).contains {
                $0["name"] as? String == "Idempotency-Key" && $0["in"] as? String == "header"
            }
        }
        for path in ["/keyed/json", "/keyed/json/{name}", "/keyed/either"] { #expect(try isKeyed(path), "\(path)") }
        for path in ["/keyed/open", "/keyed/off", "/keyed/read"] { #expect(try !isKeyed(path), "\(path)") }
    }
}
