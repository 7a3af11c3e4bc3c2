@testable import PgServer

/// A user who registered and signed in over HTTP, with a tenant of their own.
struct Account {
    let server: RunningServer
    /// Where the user calls from.
    let address: String
    let email: String
    let tenantName: String
    let tenantID: String
    let userID: String
    let token: String
    let refreshToken: String

    static let password = "a long enough password"

    init(on server: RunningServer, password: String = Account.password) throws {
        let number = Subprocess.nextNumber()
        self.server = server
        address = RunningServer.freshAddress()
        email = "user\(number)@example.test"
        tenantName = "Tenant \(number)"
        let client = server.client(address: address)
        let registration = try client.post(
            "/api/v1/auth/register",
            json: json(["email": email, "password": password, "name": tenantName]))
        guard registration.status == 201 else { throw TestFailure("register: \(registration.text)") }
        tenantID = try registration.string("user.tenant_id")
        userID = try registration.string("user.id")
        let login = try client.post("/api/v1/auth/login", json: json(["email": email, "password": password]))
        guard login.status == 200 else { throw TestFailure("login: \(login.text)") }
        token = try login.string("access_token")
        refreshToken = try login.string("refresh_token")
    }

    /// A client with the user's token.
    var client: HTTPClient { server.client(address: address, token: token) }

    /// A client from the user's address without a credential.
    var stranger: HTTPClient { server.client(address: address) }

    /// Another sign-in of the same user.
    func signIn() throws -> HTTPResponse {
        try stranger.post("/api/v1/auth/login", json: json(["email": email, "password": Self.password]))
    }

    /// Runs one statement in a transaction of its own, as the server would for a request of this user.
    @discardableResult
    func sql(_ statement: String, _ parameters: [String?] = []) throws -> [[String?]] {
        let connection = try BlockingConnection(conninfo: server.databaseURL)
        try connection.run("BEGIN")
        try become(on: connection)
        let rows = try connection.rows(statement, parameters)
        try connection.run("COMMIT")
        return rows
    }

    /// Makes the rest of the connection's transaction this user's.
    func become(on connection: BlockingConnection) throws {
        let claims = try AccessToken(token).claimsText
        let session = try AccessToken(token).string("sid")
        _ = try connection.rows(
            """
            SELECT set_config('request.tenant_id', $1, true), set_config('request.user_id', $2, true),
                set_config('request.session_id', $3, true), set_config('request.claims', $4, true),
                set_config('request.context', '{"address": "192.0.2.1"}', true), set_config('role', 'member', true)
            """, [tenantID, userID, session, claims])
    }

    /// Makes an API key of this user.
    func createKey(
        scopes: [String], expires: String = "infinity"
    ) throws -> (id: String, key: String) {
        let rows = try sql(
            "SELECT api_key_id, key FROM auth.create_api_key($1, $2::text[], $3::timestamptz)",
            ["key \(Subprocess.nextNumber())", "{\(scopes.joined(separator: ","))}", expires])
        guard let id = rows.first?[0], let key = rows.first?[1] else { throw TestFailure("no key was made") }
        return (id, key)
    }
}
