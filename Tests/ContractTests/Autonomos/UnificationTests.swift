import Testing

@testable import PgServer

@Suite("Unification", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct UnificationTests {
    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
    }

    private func add(_ id: String, _ email: String, name: String, from system: String, to account: Account) throws {
        try server.sql(
            """
            INSERT INTO data.contacts (tenant_id, contact_id, email, first_name, source_system)
            VALUES ($1::uuid, $2, $3, $4, $5)
            """, [account.tenantID, id, email, name, system])
    }

    private func run(_ account: Account) throws -> [Int] {
        let response = try account.client.send("POST", "/api/v1/dcl/unify/run")
        guard response.status == 200 else { throw TestFailure(response.text) }
        #expect(try response.string("status") == "ok")
        return [try response.integer("unified_contacts"), try response.integer("links")]
    }

    /// The short form; `Tests/prove/unification.sh` is the same for as long as one likes.
    @Test("makes of random histories what a simple reference makes of them, of one session and of many at once")
    func proof() throws {
        let url = try IdentityServer.freshDatabase()
        let output = try Subprocess.run(
            "python3", ["-B", Project.root + "/Tests/prove/unification.py", url, "--seconds", "4"])
        #expect(output.status == 0, Comment(rawValue: output.text))
    }

    @Test("joins contacts of one address, and shows who is who")
    func views() throws {
        try add("CON-1", "Ada@Example.com", name: "Ada", from: "salesforce", to: account)
        try add("CON-2", " ada@example.com", name: "Augusta", from: "hubspot", to: account)
        try add("CON-3", "n/a", name: "Nobody", from: "hubspot", to: account)
        #expect(try run(account) == [1, 2])
        let people = try account.client.get("/api/v1/dcl/views/golden-contacts")
        #expect(try people.integer("meta.total") == 1)
        #expect(try people.string("data[0].email") == "ada@example.com")
        #expect(try people.integer("data[0].contact_count") == 2)
        let contacts = try account.client.get("/api/v1/dcl/views/contacts?email=ADA@example.com")
        #expect(try contacts.integer("meta.total") == 2)

        let neighbour = try Account(on: server)
        #expect(try run(neighbour) == [0, 0])
        #expect(try neighbour.client.get("/api/v1/dcl/views/golden-contacts").integer("meta.total") == 0)
        try add("CON-1", "ada@example.com", name: "Theirs", from: "hubspot", to: neighbour)
        #expect(try run(neighbour) == [1, 1])
        #expect(try run(account) == [1, 2])
    }

    @Test("lets the tenant say whose values survive, and names what it cannot understand")
    func priorities() throws {
        try add("CON-1", "ada@example.com", name: "Ada", from: "salesforce", to: account)
        try add("CON-2", "ada@example.com", name: "Augusta", from: "hubspot", to: account)
        _ = try run(account)
        for system in ["hubspot", "salesforce"] {
            let put = try account.client.send(
                "PUT", "/api/v1/dcl/source-priorities",
                json: #"{"source_priorities": [{"source_system": "\#(system)", "priority": 1}]}"#)
            #expect(put.status == 200)
            #expect(try put.string("source_priorities[0].source_system") == system)
            #expect(try account.client.get("/api/v1/dcl/source-priorities").text == put.text)
            _ = try run(account)
            let people = try account.client.get("/api/v1/dcl/views/golden-contacts")
            #expect(try people.string("data[0].first_name") == (system == "hubspot" ? "Augusta" : "Ada"))
        }
        let faults = [
            (#"{"source_priorities": 7}"#, "source_priorities"), ("{}", "source_priorities"),
            (#"{"source_priorities": [{"source_system": "A", "priority": 0}]}"#, "source_priorities[0].source_system"),
        ]
        for (body, field) in faults {
            let refused = try account.client.send("PUT", "/api/v1/dcl/source-priorities", json: body)
            #expect(refused.status == 400)
            #expect(try refused.string("errors[0].field") == field, "\(refused.text)")
        }
        let key = try account.createKey(scopes: ["audit.read"]).key
        let forbidden = try server.client(token: key).send(
            "PUT", "/api/v1/dcl/source-priorities", json: #"{"source_priorities": []}"#)
        #expect(forbidden.status == 403)
    }

    @Test("is done by itself when contacts have changed, without being asked")
    func schedule() throws {
        let server = try IdentityServer.fresh(
            environment: ["PGSERVER_WORKERS": "1"],
            sql: "UPDATE work.schedule_clocks SET next_run_at = now() - interval '1 s'")
        defer { server.stop() }
        let account = try Account(on: server)
        try server.sql(
            """
            INSERT INTO data.contacts (tenant_id, contact_id, email)
            SELECT $1::uuid, 'CON-' || n, 'person' || n % 25000 || '@example.com' FROM generate_series(1, 30000) AS n
            """, [account.tenantID])
        // More than one step, each a job; the first is asked for once more, lest a minute be waited for.
        try account.sql("SELECT data.enqueue_unification()")
        try eventually("all contacts are unified", within: .seconds(90)) {
            try server.sqlValue(
                "SELECT golden_contact_count::text FROM data.unifications WHERE tenant_id = $1::uuid",
                [account.tenantID]) == "25000"
        }
        #expect(try account.client.get("/api/v1/dcl/views/golden-contacts?limit=1").integer("meta.total") == 25000)
        #expect(try server.sqlValue("SELECT count(*)::text FROM data.contact_changes") == "0")
    }
}
