import Testing

@testable import PgServer

@Suite("A table of routes")
struct RouteTableTests {
    static func table(_ endpoints: [String]) throws -> RouteTable {
        let routes = try endpoints.enumerated().map { index, endpoint in
            let parts = endpoint.split(separator: " ")
            let method = try #require(RouteMethod(name: String(parts[0])))
            return RouteTable.Route(
                method: method, pattern: try RoutePattern(parsing: String(parts[1])), dialect: index + 100)
        }
        return try RouteTable(routes, prefixes: [("/", 0), ("/api", 1), ("/api/v1", 2), ("/api/v1/pipelines", 3)])
    }

    static let endpoints = [
        "GET /", "POST /runs/start", "GET /runs/{run_id}", "GET /runs/{run_id}/phases", "DELETE /runs/{id}",
        "POST /api/v1/pipelines:generate", "GET /api/v1/pipelines/{pipeline_id}",
        "POST /api/v1/pipelines/{pipeline_id}:run", "POST /api/v1/pipelines/{pipeline_id}:deploy",
        "GET /research/{rest...}", "GET /research/special", "GET /api/auth/.well-known/jwks.json",
        "PUT /a/{b}/c", "GET /{x}/b/d", "GET /a/b/{d}/e", "PATCH /a/{b}", "OPTIONS /cors",
    ]

    static let matched: [(String, String, [String])] = [
        ("GET /", "GET /", []),
        ("HEAD /", "GET /", []),
        ("POST /runs/start", "POST /runs/start", []),
        ("GET /runs/start", "GET /runs/{run_id}", ["start"]),  // a literal of another method hides nothing
        ("GET /runs/7", "GET /runs/{run_id}", ["7"]),
        ("DELETE /runs/7", "DELETE /runs/{id}", ["7"]),
        ("GET /runs/start/phases", "GET /runs/{run_id}/phases", ["start"]),
        ("GET /runs/%73tart", "GET /runs/{run_id}", ["%73tart"]),
        ("POST /api/v1/pipelines:generate", "POST /api/v1/pipelines:generate", []),
        ("POST /api/v1/pipelines/p1:run", "POST /api/v1/pipelines/{pipeline_id}:run", ["p1"]),
        ("POST /api/v1/pipelines/a:b:deploy", "POST /api/v1/pipelines/{pipeline_id}:deploy", ["a:b"]),
        ("GET /api/v1/pipelines/p1:other", "GET /api/v1/pipelines/{pipeline_id}", ["p1:other"]),
        ("GET /api/v1/pipelines/p1%3Arun", "GET /api/v1/pipelines/{pipeline_id}", ["p1%3Arun"]),
        ("GET /api/v1/pipelines/:run", "GET /api/v1/pipelines/{pipeline_id}", [":run"]),
        ("GET /research/special", "GET /research/special", []),
        ("GET /research/special/x", "GET /research/{rest...}", ["special/x"]),
        ("GET /research/a//b/", "GET /research/{rest...}", ["a//b/"]),
        ("GET /api/auth/.well-known/jwks.json", "GET /api/auth/.well-known/jwks.json", []),
        ("PUT /a/b/c", "PUT /a/{b}/c", ["b"]),
        ("GET /a/b/d", "GET /{x}/b/d", ["a"]),  // back out of two dead ends, captures and all
        ("GET /a/b/d/e", "GET /a/b/{d}/e", ["d"]),
        ("OPTIONS /cors", "OPTIONS /cors", []),
    ]

    @Test("finds the route and the places of its parameters", arguments: matched)
    func matches(_ request: String, _ endpoint: String, _ values: [String]) throws {
        let (match, captures) = try Self.match(request)
        #expect(match == .route(try #require(Self.endpoints.firstIndex(of: endpoint))))
        #expect(captures == values)
    }

    static let notAllowed: [(String, String, Int)] = [
        ("PUT /runs/start", "GET, HEAD, POST, DELETE, OPTIONS", 101),
        ("OPTIONS /runs/7", "GET, HEAD, DELETE, OPTIONS", 102),
        ("GET /api/v1/pipelines/p1:run", "POST, OPTIONS", 107),  // not a pipeline named `p1:run`
        ("HEAD /a/b/c", "PUT, OPTIONS", 112),
        ("GET /cors", "OPTIONS", 116),
    ]

    @Test("names the methods of a path that has others, in its dialect", arguments: notAllowed)
    func refuses(_ request: String, _ allowed: String, _ dialect: Int) throws {
        let (match, captures) = try Self.match(request)
        guard case .methodNotAllowed(let set, dialect) = match else {
            Issue.record("\(match)")
            return
        }
        #expect(set.fieldValue == allowed)
        #expect(captures.isEmpty)
    }

    static let unknown: [(String, Int)] = [
        ("GET /runs", 0), ("GET /runs/", 0), ("GET /runs/7/", 0), ("GET //", 0), ("GET /Runs/start", 0),
        ("GET /research", 0), ("GET /research/", 0), ("GET /api", 1), ("GET /apis", 0), ("GET /api/v1x", 1),
        ("GET /api/v1/x", 2), ("GET /api/v1/pipelines:x", 3), ("GET /api/v1/pipelines/a/b", 3), ("GET *", 0),
        ("GET x", 0),
    ]

    @Test("answers in the dialect of the longest prefix where it finds nothing", arguments: unknown)
    func misses(_ request: String, _ dialect: Int) throws {
        let (match, captures) = try Self.match(request)
        #expect(match == .notFound(dialect: dialect))
        #expect(captures.isEmpty)
    }

    @Test("refuses two routes that answer the same requests, naming both")
    func duplicates() {
        let error = #expect(throws: RoutingError.self) { try Self.table(["GET /a/{b}", "POST /a/{b}", "GET /a/{c}"]) }
        #expect(error?.sentence == "Routes GET /a/{b} and /a/{c} are the same.")
        #expect(throws: RoutingError.self) { try Self.table(["GET /{a...}", "GET /{b...}"]) }
        #expect(throws: RoutingError.self) { try Self.table(["GET /{a}:run", "GET /{b}:run"]) }
    }

    @Test("needs a dialect for every path, and only one")
    func prefixes() {
        #expect(throws: RoutingError.self) { try RouteTable([], prefixes: [("/api", 0)]) }
        #expect(throws: RoutingError.self) { try RouteTable([], prefixes: [("/", 0), ("/a", 1), ("/a", 2)]) }
    }

    @Test("finds each of many routes in a few steps", arguments: [200, 5000])
    func many(_ count: Int) throws {
        let endpoints = (0..<count).map { "GET /api/v\($0 % 7)/module\($0 / 50)/things\($0)/{id}/sub" }
        let table = try Self.table(endpoints)
        #expect(table.probeCountMax <= 40)
        for index in stride(from: 0, to: count, by: 37) {
            let (match, captures) = Self.match(endpoints[index].split(separator: "{")[0] + "x/sub", in: table)
            #expect(match == .route(index))
            #expect(captures == ["x"])
        }
    }

    @Test("survives any path", arguments: ["/", "/a", "/:", "/a:run", "//", "/%", "/{x}"])
    func hostile(_ piece: String) throws {
        let path = String(repeating: piece, count: 5000)
        let (match, _) = try Self.match("GET " + path)
        #expect(match == .notFound(dialect: 0))
    }

    private static func match(_ request: String) throws -> (RouteTable.Match, [String]) {
        match(request, in: try table(endpoints))
    }

    private static func match(_ request: String, in table: RouteTable) -> (RouteTable.Match, [String]) {
        let parts = request.split(separator: " ", maxSplits: 1)
        let path = Array(parts[1].utf8)
        var captures = Captures()
        let match = table.match(RouteMethod(name: String(parts[0])) ?? .get, path.span, into: &captures)
        return (match, (0..<captures.count).map { String(decoding: path[captures[$0]], as: UTF8.self) })
    }
}
