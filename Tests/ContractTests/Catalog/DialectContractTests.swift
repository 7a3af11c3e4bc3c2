import Foundation
import Testing

@testable import PgServer

@Suite("The five contracts", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct DialectContractTests {
    private static let shared = Result {
        let catalog = try CatalogServer("dialects")
        try catalog.declare("dialects", answering: "/runs/sample/one")
        return catalog
    }
    private let catalog: CatalogServer

    init() throws { catalog = try Self.shared.get() }

    // MARK: Success

    @Test("answer a plain object, and the orchestrator its envelope", arguments: Contract.all)
    func success(_ contract: Contract) throws {
        let response = try catalog.anyone.get("\(contract.base)/one")
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "application/json")
        guard contract.name == "orchestrator" else {
            #expect(try response.json() as? NSDictionary == ["id": 7, "name": "seven"])
            return
        }
        #expect(try members(of: response, at: "") == ["success", "data", "meta"])
        #expect(try response.member("success") as? Bool == true)
        #expect(try response.member("data") as? NSDictionary == ["id": 7, "name": "seven"])
        #expect(try members(of: response, at: "meta") == ["requestId", "timestamp"])
        #expect(try response.member("meta.requestId") as? String == response.header("X-Request-Id"))
        #expect(try isInstant(response.member("meta.timestamp")))
    }

    @Test("page by limit and offset in the body: AutonomOS and Autopack", arguments: [Contract.autonomos, .autopack])
    func offsets(_ contract: Contract) throws {
        let key = contract.name == "autonomos" ? "items" : "things"
        let more: Set = contract.name == "autonomos" ? ["has_more"] : []
        for (query, first, count, hasMore) in [("", 1, 20, true), ("?limit=10&offset=40", 41, 5, false)] {
            let page = try catalog.anyone.get("\(contract.base)/list\(query)")
            #expect(try members(of: page, at: "") == more.union([key, "total", "limit", "offset"]))
            let items = try #require(try page.member(key) as? [Int])
            #expect(items == Array(first..<first + count))
            #expect(try page.member("total") as? Int == 45)
            #expect(try page.member("offset") as? Int == first - 1)
            #expect(try page.member("limit") as? Int == (query.isEmpty ? 20 : 10))
            if !more.isEmpty { #expect(try page.member("has_more") as? Bool == hasMore) }
        }
    }

    @Test("page by headers and links: AI-ETL")
    func links() throws {
        let target = Contract.etl.base + "/list"
        let page = try catalog.anyone.get("\(target)?per_page=10&page=2&x=a%20b")
        #expect(try page.json() as? [Int] == Array(11...20))
        #expect(page.header("X-Total-Count") == "45")
        #expect(page.header("X-Page") == "2")
        #expect(page.header("X-Per-Page") == "10")
        #expect(
            page.header("Link")
                == #"<\#(target)?per_page=10&page=3&x=a%20b>; rel="next", <\#(target)?per_page=10&page=1&x=a%20b>; rel="prev""#
        )
        #expect(try catalog.anyone.get(target).header("Link") == #"<\#(target)?page=2>; rel="next""#)
        let last = try catalog.anyone.get("\(target)?page=3")
        #expect(last.header("Link") == #"<\#(target)?page=2>; rel="prev""#)
        #expect(try catalog.anyone.get("\(target)?per_page=50").header("Link") == nil)
    }

    @Test("page with has_next in the body: Auterity")
    func hasNext() throws {
        for (page, isLast) in [(1, false), (2, false), (3, true)] {
            let response = try catalog.anyone.get("\(Contract.auterity.base)/list?page=\(page)")
            #expect(try members(of: response, at: "") == ["things", "total", "page", "limit", "has_next"])
            #expect(try (response.member("things") as? [Int])?.first == (page - 1) * 20 + 1)
            #expect(try response.member("total") as? Int == 45)
            #expect(try response.member("page") as? Int == page)
            #expect(try response.member("limit") as? Int == 20)
            #expect(try response.member("has_next") as? Bool == !isLast)
        }
    }

    @Test("page with meta.pagination: the orchestrator")
    func pagination() throws {
        let response = try catalog.anyone.get("\(Contract.orchestrator.base)/list?page=2&pageSize=20")
        #expect(try members(of: response, at: "") == ["success", "data", "meta"])
        #expect(try response.member("data") as? [Int] == Array(21...40))
        #expect(try members(of: response, at: "meta") == ["pagination", "requestId", "timestamp"])
        #expect(
            try response.member("meta.pagination") as? NSDictionary == [
                "page": 2, "pageSize": 20, "totalItems": 45, "totalPages": 3, "hasNext": true, "hasPrevious": true,
            ])
    }

    // MARK: Errors

    /// A request that goes wrong, and what every contract then says; the statuses that differ are left out.
    struct Mishap: Sendable, CustomTestStringConvertible {
        let problem: String
        let status: Int?
        var method = "GET"
        let path: String
        var body: String?
        var contentType = "application/json"
        var isSignedIn = true
        var message: String?
        var header: (name: String, value: String)?

        var testDescription: String { "\(problem): \(method) \(path) \(body ?? "")" }
    }

    static let mishaps = [
        Mishap(problem: "malformed_request", status: 400, method: "POST", path: "/make", body: #"{"name":"#),
        Mishap(
            problem: "unauthenticated", status: 401, path: "/private", isSignedIn: false,
            header: ("WWW-Authenticate", "Bearer")),
        Mishap(
            problem: "unauthenticated", status: 401, method: "POST", path: "/make", body: "{}", isSignedIn: false,
            header: ("WWW-Authenticate", "Bearer")),
        Mishap(problem: "forbidden", status: 403, path: "/secret"),
        Mishap(problem: "not_found", status: 404, path: "/missing"),
        Mishap(problem: "not_found", status: 404, path: "/nowhere/at/all"),
        Mishap(
            problem: "method_not_allowed", status: 405, method: "DELETE", path: "/one",
            header: ("Allow", "GET, HEAD, OPTIONS")),
        Mishap(
            problem: "conflict", status: 409, method: "POST", path: "/make", body: #"{"name":"twice","size":1}"#,
            message: "There is a thing of this name already."),
        Mishap(
            problem: "conflict", status: 409, method: "POST", path: "/make",
            body: #"{"name":"a","size":1,"rule":"frozen"}"#, message: "It is frozen."),
        Mishap(
            problem: "too_large", status: 413, method: "POST", path: "/make",
            body: #"{"name":"\#(String(repeating: "x", count: 200))"}"#),
        Mishap(
            problem: "unsupported_media_type", status: 415, method: "POST", path: "/make", body: "name=a",
            contentType: "application/x-www-form-urlencoded"),
        Mishap(
            problem: "PROMOTION_BLOCKED", status: 422, method: "POST", path: "/make",
            body: #"{"name":"a","size":1,"rule":"blocked"}"#, message: "The gate is closed."),
        Mishap(
            problem: "internal", status: 500, method: "POST", path: "/make",
            body: #"{"name":"a","size":1,"rule":"broken"}"#),
        Mishap(
            problem: "try_again", status: 503, method: "POST", path: "/make",
            body: #"{"name":"a","size":1,"rule":"full"}"#, header: ("Retry-After", "1")),
        Mishap(
            problem: "unavailable", status: 503, method: "POST", path: "/make",
            body: #"{"name":"a","size":1,"rule":"off"}"#, message: "It is switched off.",
            header: ("Retry-After", "1")),
        Mishap(problem: "too_slow", status: 504, path: "/slow"),
        Mishap(problem: "invalid", status: nil, method: "POST", path: "/make", body: #"{"name":"a","size":13}"#),
        Mishap(
            problem: "invalid", status: nil, method: "POST", path: "/make",
            body: #"{"name":"a","size":1,"rule":"unreadable"}"#),
    ]

    @Test("write every error in their own words", arguments: Contract.all, mishaps)
    func errors(_ contract: Contract, _ mishap: Mishap) throws {
        if mishap.body?.contains("twice") == true { _ = try send(mishap, to: contract) }
        let response = try send(mishap, to: contract)
        #expect(response.status == mishap.status ?? contract.invalidStatus, "\(response.text)")
        try expectError(response, of: contract)
        if let path = contract.codePath {
            let code = try #require(try response.member(path) as? String)
            let expected = contract.codes[mishap.problem] ?? mishap.problem.uppercased()
            if contract.codes[mishap.problem] != nil || mishap.problem == "PROMOTION_BLOCKED" {
                #expect(code == expected)
            }
        }
        if let message = mishap.message { #expect(try response.member(contract.messagePath) as? String == message) }
        if let header = mishap.header { #expect(response.header(header.name) == header.value) }
        #expect(!response.text.contains("the words of the database"))
    }

    @Test("name every faulty field at once", arguments: Contract.all)
    func severalFaults(_ contract: Contract) throws {
        let bodies = [
            #"{"size":51,"rule":7}"#,  // name is missing
            #"{"name":"\#(String(repeating: "é", count: 21))","size":"1"}"#,
            #"{"name":"a","size":1,"rule":"mistaken"}"#,  // judged by SQL, told in the same shape
        ]
        for (body, fields) in zip(bodies, [["name", "size", "rule"], ["name", "size"], ["name", "size"]]) {
            let response = try catalog.client.post("\(contract.base)/make", json: body)
            #expect(response.status == contract.invalidStatus)
            try expectError(response, of: contract)
            if contract.name == "auterity" {  // has room for one
                #expect(try members(of: response, at: "error.details") == contract.faultMembers)
                #expect(try response.member("error.details.field") as? String == fields[0])
                continue
            }
            let faults = try #require(try response.member(contract.faultsPath) as? [[String: String]])
            #expect(faults.map { $0["field"] } == fields)
            #expect(faults.allSatisfy { Set($0.keys) == contract.faultMembers && !$0.values.contains("") })
        }
    }

    @Test("tell what is left of a limit, and when it is over", arguments: Contract.all)
    func limits(_ contract: Contract) throws {
        let target = "\(contract.base)/limited"
        let begin = Int(Date().timeIntervalSince1970)
        for remaining in [1, 0] {
            let response = try catalog.anyone.get(target)
            #expect(response.status == 200)
            #expect(response.header("X-RateLimit-Limit") == "2")
            #expect(response.header("X-RateLimit-Remaining") == String(remaining))
        }
        let refused = try catalog.anyone.get(target)
        #expect(refused.status == 429)
        try expectError(refused, of: contract)
        if let path = contract.codePath {
            #expect(try refused.member(path) as? String == contract.codes["rate_limited"])
        }
        #expect(refused.header("X-RateLimit-Limit") == "2")
        #expect(refused.header("X-RateLimit-Remaining") == "0")
        let wait = try #require(refused.header("Retry-After").flatMap { Int($0) })
        #expect((1...3600).contains(wait))
        let reset = try #require(refused.header("X-RateLimit-Reset").flatMap { Int($0) })
        #expect(reset > begin && reset <= begin + 2 * 3600)
        #expect(
            try refused.member(contract.messagePath) as? String
                == "Rate limit exceeded. Please try again in \(wait) seconds.")
        if contract.name == "autonomos" { #expect(try refused.member("retry_after") as? Int == wait) }
    }

    @Test("say why they cannot read a request, whatever was asked before on the same connection")
    func unread() throws {
        let connection = try RawConnection(port: catalog.server.port)
        try connection.send("HEAD /runs/sample/one HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try connection.response(to: "HEAD").status == 200)
        try connection.send("BREW /runs/sample/one HTTP/1.1\r\nHost: a\r\n\r\n")
        let refused = try connection.response(to: "BREW")
        #expect(refused.status == 501)
        #expect(try (refused.member("detail") as? String)?.isEmpty == false)
    }

    @Test("give the orchestrator's client the hint of a broken rule")
    func hint() throws {
        let response = try catalog.client.post(
            "\(Contract.orchestrator.base)/make", json: #"{"name":"a","size":1,"rule":"blocked"}"#)
        #expect(
            try response.member("error") as? NSDictionary == [
                "code": "PROMOTION_BLOCKED", "message": "The gate is closed.", "details": ["hint": "Open it."],
            ])
    }

    // MARK: Ids

    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("take over the caller's ids, and hand them to PostgreSQL and the log", arguments: Contract.all)
    func ids(_ contract: Contract) throws {
        let id = UUID().uuidString.lowercased()
        let headers = [("X-Request-Id", id), ("traceparent", Self.traceparent)]
        let response = try catalog.anyone.get("\(contract.base)/context", headers: headers)
        #expect(response.header("X-Request-Id") == id)
        let prefix = contract.name == "orchestrator" ? "data." : ""
        #expect(try response.member("\(prefix)request_id") as? String == id)
        #expect(try response.member("\(prefix)traceparent") as? String == Self.traceparent)
        #expect(try response.member("\(prefix)address") as? String == "127.0.0.1")
        #expect(try response.member("\(prefix)route") as? String == "GET \(contract.base)/context")
        let line = try logLine(with: id)
        #expect(line["traceparent"] as? String == Self.traceparent)
        #expect(line["route"] as? String == "GET \(contract.base)/context")
        #expect(line["status"] as? Int == 200)
    }

    @Test("choose an id where the caller's is none, and each time another", arguments: Contract.all)
    func ownIDs(_ contract: Contract) throws {
        var seen: Set<String> = []
        for sent in ["", "x", "0af76519-16cd-43dd-8448-eb211c80319"] {
            let response = try catalog.anyone.get("\(contract.base)/missing", headers: [("X-Request-Id", sent)])
            let id = try #require(response.header("X-Request-Id"))
            #expect(id.contains(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))
            #expect(seen.insert(id).inserted)
            try expectError(response, of: contract)
        }
    }

    @Test("keep what broke to the log, under the id that the client was told")
    func failureLog() throws {
        let response = try catalog.client.post(
            "\(Contract.etl.base)/make", json: #"{"name":"a","size":1,"rule":"broken"}"#)
        let id = try #require(response.header("X-Request-Id"))
        #expect(try logLine(with: id, containing: "P0001")["message"] as? String == "P0001 the words of the database")
    }

    // MARK: Helpers

    private func send(_ mishap: Mishap, to contract: Contract) throws -> HTTPResponse {
        let client = mishap.isSignedIn ? catalog.client : catalog.anyone
        let target = contract.base + mishap.path
        guard let body = mishap.body else { return try client.send(mishap.method, target) }
        let headers = [("Content-Type", mishap.contentType), ("Content-Length", String(body.utf8.count))]
        return try client.send(mishap.method, target, headers: headers, body: body)
    }

    /// The body is an error of this contract: its members, their types, and the request's id in its own form.
    private func expectError(_ response: HTTPResponse, of contract: Contract) throws {
        #expect(response.header("Content-Type") == "application/json")
        let optional: Set = ["errors", "retry_after"]
        #expect(try members(of: response, at: "").subtracting(optional) == contract.errorMembers)
        #expect(try (response.member(contract.messagePath) as? String)?.isEmpty == false)
        if let path = contract.codePath {
            #expect(try (response.member(path) as? String)?.contains(/^[A-Z_]+$/) == true)
        }
        switch contract.name {
        case "autonomos": #expect(try response.member("status_code") as? Int == response.status)
        case "etl":
            #expect(try members(of: response, at: "error") == ["code", "message", "details", "request_id"])
            #expect(try response.member("error.details") is [Any])
        case "auterity":
            let members = try members(of: response, at: "error").subtracting(["details"])
            #expect(members == ["code", "message", "timestamp", "request_id"])
            #expect(try isInstant(response.member("error.timestamp")))
        case "orchestrator":
            let members = try members(of: response, at: "error").subtracting(["details", "validationErrors"])
            #expect(members == ["code", "message"])
            #expect(try response.member("error.details") == nil || response.member("error.details.hint") is String)
            #expect(try response.member("success") as? Bool == false)
            #expect(try self.members(of: response, at: "meta") == ["requestId", "timestamp"])
            #expect(try isInstant(response.member("meta.timestamp")))
        default: break
        }
        guard let path = contract.requestIDPath else { return }
        let id = try #require(response.header("X-Request-Id"))
        let written = contract.hasHyphens ? id : id.replacing("-", with: "")
        #expect(try response.member(path) as? String == contract.requestIDPrefix + written)
    }

    private func members(of response: HTTPResponse, at path: String) throws -> Set<String> {
        let value: Any? = path.isEmpty ? try response.json() : try response.member(path)
        return Set((value as? [String: Any] ?? [:]).keys)
    }

    private func isInstant(_ value: Any?) -> Bool {
        (value as? String)?.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) == true
    }

    /// The line of the server's log that tells of a request. It is written soon after the answer.
    private func logLine(with id: String, containing words: String = "request") throws -> [String: Any] {
        var found: [String: Any]?
        try catalog.waitUntil("the log tells of \(id)") {
            for line in Subprocess.read(catalog.server.log).split(separator: "\n")
            where line.contains(id) && line.contains(words) {
                found = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            }
            return found != nil
        }
        return found ?? [:]
    }
}
