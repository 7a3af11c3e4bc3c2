import Testing

@testable import PgServer

@Suite("A persona", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct PersonaTests {
    private let server: RunningServer

    init() throws { server = try IdentityServer.shared() }

    private static let classify = "/nlp/v1/persona/classify"
    private static let keywords = "/nlp/v1/persona/keywords"
    private static func summary(_ persona: String) -> String { "/nlp/v1/persona/summary?persona=\(persona)" }
    private static let tileKeys = ["key", "title", "value", "delta", "timeframe", "last_updated", "href"]

    private func classified(_ query: String, _ client: HTTPClient) throws -> HTTPResponse {
        try client.post(Self.classify, json: json(["query": query]))
    }

    // MARK: Classifying

    @Test("is told by the words of a question, without a credential, as the contract shows it")
    func example() throws {
        let response = try classified("What is our cloud spend this month?", server.client())
        #expect(response.status == 200)
        #expect(RecordStreams.keys(response.text) == ["persona", "confidence", "matched_keywords", "trace_id"])
        #expect(try response.string("persona") == "coo")
        #expect(try response.member("confidence") as? Double == 0.95)
        #expect(try response.member("matched_keywords") as? [String] == ["cloud", "spend", "month"])
        #expect(try response.string("trace_id") == "trace-\(response.header("X-Request-Id") ?? "")")
    }

    @Test("is null where no word is known, and says nothing was matched")
    func unmatched() throws {
        let response = try classified("Good morning!", server.client())
        #expect(response.status == 200)
        #expect(try response.member("persona") == nil)
        #expect(try response.member("confidence") as? Int == 0)
        #expect(try response.member("matched_keywords") as? [String] == [])
    }

    @Test(
        "is not told of what is no question",
        arguments: ["{}", #"{"query":""}"#, #"{"query":7}"#, #"{"query":null}"#, "[]", "{"])
    func malformed(_ body: String) throws {
        #expect(try server.client().post(Self.classify, json: body).status == 400)
    }

    @Test("is told of a question of 2000 characters, and of none longer")
    func longest() throws {
        let word = "spend "
        let longest = String(String(repeating: word, count: 400).prefix(2000))
        #expect(try classified(longest, server.client()).string("persona") == "coo")
        let longer = try classified(longest + "x", server.client())
        #expect(longer.status == 400)
        #expect(try longer.string("errors[0].field") == "query")
    }

    @Test("is refused to a credential that is none, though none is needed")
    func garbage() throws {
        #expect(try classified("cloud", server.client(token: "garbage")).status == 401)
    }

    // MARK: Keywords

    @Test("has keywords of its own for each tenant, which nobody else is told by")
    func ownKeywords() throws {
        let account = try Account(on: server)
        let neighbour = try Account(on: server)
        let shipped = try account.client.get(Self.keywords)
        #expect(shipped.status == 200)
        #expect(
            RecordStreams.keys(shipped.text).prefix(5) == ["keywords", "persona", "keyword", "weight", "is_default"])
        #expect(RecordStreams.keys(shipped.text).suffix(2) == ["total", "trace_id"])

        let body = json([
            "persona": "cfo",
            "keywords": [["keyword": "widget ledgers", "weight": 2], ["keyword": "budget", "weight": 0]],
        ])
        let written = try account.client.send("PUT", Self.keywords, json: body)
        #expect(written.status == 200, "\(written.text)")
        let own = (try written.member("keywords") as? [[String: Any]])?.filter { $0["is_default"] as? Bool == false }
        #expect(own?.compactMap { $0["keyword"] as? String } == ["widget ledgers", "budget"])

        let mine = try classified("Show the widget ledger", account.client)
        #expect(try mine.string("persona") == "cfo")
        #expect(try mine.member("matched_keywords") as? [String] == ["widget ledger"])
        #expect(try classified("Show the widget ledger", neighbour.client).member("persona") == nil)
        #expect(try classified("Our budget", account.client).member("persona") == nil)
        #expect(try classified("Our budget", neighbour.client).string("persona") == "cfo")
        #expect(try neighbour.client.get(Self.keywords).integer("total") == shipped.integer("total"))
        #expect(
            try account.client.get("\(Self.keywords)?persona=cfo").integer("total") == written.integer("total"))
    }

    @Test("takes no keyword that cannot be one, names each, and changes nothing then")
    func badKeywords() throws {
        let account = try Account(on: server)
        let body = json(["persona": "cto", "keywords": [["keyword": "fine"], ["keyword": "the"], ["weight": 1]]])
        let refused = try account.client.send("PUT", Self.keywords, json: body)
        #expect(refused.status == 400)
        #expect(try refused.string("errors[0].field") == "keywords[1]")
        #expect(try refused.string("errors[1].field") == "keywords[2]")
        #expect(try classified("Is it fine?", account.client).member("persona") == nil)
        for wrong in [#"{"persona":"ceo","keywords":[]}"#, #"{"persona":"cto"}"#, #"{"persona":"cto","keywords":{}}"#] {
            #expect(try account.client.send("PUT", Self.keywords, json: wrong).status == 400, "\(wrong)")
        }
    }

    @Test("lets nobody write keywords without the permission, or without signing in")
    func permission() throws {
        let account = try Account(on: server)
        let reader = server.client(token: try account.createKey(scopes: ["audit.read"]).key)
        let body = #"{"persona":"cto","keywords":[]}"#
        #expect(try reader.send("PUT", Self.keywords, json: body).status == 403)
        #expect(try reader.get(Self.keywords).status == 200)
        #expect(try account.stranger.send("PUT", Self.keywords, json: body).status == 401)
        #expect(try account.stranger.get(Self.keywords).status == 401)
    }

    // MARK: Summaries

    @Test("has a summary that says so where there are no data", arguments: ["cto", "cro", "coo", "cfo"])
    func emptySummary(_ persona: String) throws {
        let response = try Account(on: server).client.get(Self.summary(persona))
        #expect(response.status == 200, "\(response.text)")
        let keys =
            ["persona", "tiles"] + Array(repeating: Self.tileKeys, count: 4).flatMap { $0 }
            + ["table", "title", "columns", "rows", "href", "trace_id"]
        #expect(RecordStreams.keys(response.text) == keys)
        #expect(try response.string("persona") == persona)
        for tile in 0..<4 {
            #expect(try response.string("tiles[\(tile)].value") == "No data")
            #expect(try response.member("tiles[\(tile)].delta") == nil)
            #expect(try response.member("tiles[\(tile)].last_updated") == nil)
            #expect(try response.string("tiles[\(tile)].title") != "")
        }
        #expect(try response.member("table.rows") as? [[String]] == [])
    }

    @Test("has a summary of the rows of its tenant, and of nobody else's")
    func summary() throws {
        let account = try Account(on: server)
        let neighbour = try Account(on: server)
        try server.sql(
            """
            INSERT INTO data.costs (tenant_id, cost_center, service, month, amount, currency)
            VALUES ($1::uuid, 'Engineering', 'Compute', (now() AT TIME ZONE 'UTC')::date, 25000, 'USD'),
                ($1::uuid, 'Sales', 'CRM', (now() AT TIME ZONE 'UTC')::date, 12500, 'USD')
            """, [account.tenantID])
        let response = try account.client.get(Self.summary("coo"))
        #expect(try response.string("tiles[0].key") == "cloud_spend")
        #expect(try response.string("tiles[0].title") == "Cloud Spend (MTD)")
        #expect(try response.string("tiles[0].value") == "$37,500")
        #expect(try response.string("tiles[0].timeframe") == "MTD vs Budget")
        #expect(try response.string("tiles[0].href") == "/finops")
        #expect(try response.member("tiles[0].delta") == nil, "there is no budget to compare with")
        #expect(try response.string("tiles[0].last_updated").hasSuffix("Z"))
        #expect(try response.string("table.title") == "Top 10 Cost Centers (MTD)")
        #expect(
            try response.member("table.columns") as? [String] == ["Cost Center", "MTD Spend", "Δ vs prior period"])
        #expect(try response.string("table.rows[0][0]") == "Engineering")
        #expect(try response.string("table.rows[0][1]") == "$25,000")
        #expect(try response.string("table.rows[1][1]") == "$12,500")
        #expect(try response.string("table.href") == "/finops/cost-centers")
        #expect(try neighbour.client.get(Self.summary("coo")).string("tiles[0].value") == "No data")
    }

    @Test("has no summary without a persona, for one that is none, or without a tenant")
    func refusedSummary() throws {
        let account = try Account(on: server)
        for target in ["/nlp/v1/persona/summary", Self.summary("ceo"), Self.summary("")] {
            let response = try account.client.get(target)
            #expect(response.status == 400, "\(target)")
            #expect(try response.string("errors[0].field") == "persona")
        }
        #expect(try account.stranger.get(Self.summary("coo")).status == 401)
    }

    @Test("has a summary of the demo tenant without a credential, in demo mode")
    func demo() throws {
        let server = try IdentityServer.fresh(
            environment: ["DCL_AUTH_ENABLED": "false"],
            sql: """
                INSERT INTO data.costs (tenant_id, cost_center, month, amount, currency)
                VALUES ('00000000-0000-4000-8000-00000000000d', 'Demo', (now() AT TIME ZONE 'UTC')::date, 45230, 'USD');
                """)
        defer { server.stop() }
        let response = try server.client().get(Self.summary("coo"))
        #expect(response.status == 200)
        #expect(try response.string("tiles[0].value") == "$45,230")
        #expect(try classified("What is our cloud spend this month?", server.client()).string("persona") == "coo")
    }
}
