import Testing

@testable import PgServer

@Suite("Demo mode", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct DemoModeTests {
    private static let demoTenant = "00000000-0000-4000-8000-00000000000d"

    @Test("opens the paths of AutonomOS, to the demo tenant's data, and no others")
    func open() throws {
        let server = try IdentityServer.fresh(
            environment: ["DCL_AUTH_ENABLED": "false"],
            sql: """
                INSERT INTO data.accounts (tenant_id, account_id, name)
                VALUES ('\(Self.demoTenant)', 'ACC-DEMO', 'Demo account');
                """)
        defer { server.stop() }
        var seen: Set<String> = []
        for fields in [[], [("Authorization", "Bearer garbage")], [("X-API-Key", "garbage")]] {
            let me = try server.client().get("/api/v1/auth/me", headers: fields)
            #expect(me.status == 200)
            #expect(try me.string("email") == "dev@autonomos.dev")
            seen.insert(try me.string("id"))
            seen.insert(try me.string("tenant_id"))
            let accounts = try server.client().get("/api/v1/dcl/views/accounts", headers: fields)
            #expect(try accounts.string("data[0].account_id") == "ACC-DEMO")
            #expect(try accounts.integer("meta.total") == 1)
        }
        #expect(seen.count == 6)
        #expect(!seen.contains(Self.demoTenant))

        #expect(try server.client().get("/api/auth/me").status == 401)
        #expect(try server.client().send("POST", "/api/auth/logout").status == 401)

        // Registration and sign-in still make real users and tokens, which the other contracts take.
        let account = try Account(on: server)
        #expect(try account.client.get("/api/auth/me").string("tenant_id") == account.tenantID)
        #expect(try account.client.get("/api/v1/auth/me").string("id") != account.userID)
    }

    @Test("is refused in production, with a sentence", arguments: ["PGSERVER_ENV", "AUTOPACK_ENV"])
    func production(_ variable: String) throws {
        let failure = #expect(throws: TestFailure.self) {
            try IdentityServer.fresh(environment: [
                "DCL_AUTH_ENABLED": "false", variable: "production", "PGSERVER_BCRYPT_COST": "10",
            ]).stop()
        }
        #expect(
            failure?.description.contains(
                "DCL_AUTH_ENABLED opens AutonomOS to everybody, which is not allowed in production.") == true)
    }

    @Test("is off unless it is asked for")
    func off() throws {
        let response = try IdentityServer.shared().client().get("/api/v1/auth/me")
        #expect(response.status == 401)
    }
}
