import Glibc

@testable import PgServer

/// Keeps a result from being optimized away.
@inline(never)
func keep<T>(_ value: borrowing T) {}

/// Prints the median time of one call, over rounds of many.
func measure(_ name: String, count: Int = 200_000, _ body: (Int) throws -> Void) rethrows {
    let roundCount = 9
    for index in 0..<count / 10 { try body(index) }
    var nanoseconds: [Double] = []
    for _ in 0..<roundCount {
        let start = ContinuousClock.now
        for index in 0..<count { try body(index) }
        nanoseconds.append((ContinuousClock.now - start) / .nanoseconds(1) / Double(count))
    }
    nanoseconds.sort()
    let median = Int(nanoseconds[roundCount / 2].rounded())
    let least = Int(nanoseconds[0].rounded())
    print("| \(name) | \(median) | \(least) |")
}

let tenant = "00000000-0000-4000-8000-000000000010"
let claims = #"{"tenant_id":"\#(tenant)","user_id":"\#(tenant)","sid":"\#(tenant)","plan":"Pro","exp":4000000000}"#
let key = try SigningKey.generate(.es256)
let token = try TokenSigner(key: key).sign(Array(claims.utf8).span)
let principal = try Principal(claimsJSON: Array(claims.utf8))

print("| step | median ns | least ns |\n|---|--:|--:|")

// MARK: Parser

let request = Array(
    ("GET /accounts/acc_1000003?limit=20 HTTP/1.1\r\nHost: api.example.com\r\nAccept: application/json\r\n"
        + "User-Agent: bench\r\nAuthorization: Bearer \(String(decoding: token, as: UTF8.self))\r\n\r\n").utf8)
let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: request.count, alignment: 16)
buffer.copyBytes(from: request)
var parser = RequestParser(limits: HTTPLimits())
try measure("parse a request of \(request.count) bytes") { _ in
    parser.reset()
    while true {
        if case .complete = try parser.parse(buffer) { break }
    }
}

// MARK: Router

for count in [200, 5000] {
    let routes = try (0..<count).map { index in
        RouteTable.Route(
            method: .get, pattern: try RoutePattern(parsing: "/api/v1/resource\(index)/{id}/parts/{part}"), dialect: 0)
    }
    let table = try RouteTable(routes, prefixes: [("/", 0)])
    let paths = (0..<256).map { Array("/api/v1/resource\($0 * 7919 % count)/acc_1000003/parts/7".utf8) }
    var captures = Captures()
    measure("find one of \(count) routes") { index in
        captures.truncate(to: 0)
        let path = paths[index & 255]
        keep(table.match(.get, path.span, into: &captures))
    }
}

// MARK: Caller

let verifier = TokenVerifier(keys: try KeySet(generation: 1, active: key))
try measure("verify a token (ES256)", count: 2_000) { _ in keep(try verifier.verify(token.span, at: 1_900_000_000)) }
var cache = CredentialCache()
cache.insert(principal, for: token.span, expiresAt: 4_000_000_000, at: 1_900_000_000, generation: 1)
measure("find a token of \(token.count) bytes in the cache") { _ in
    keep(cache.principal(for: token.span, at: 1_900_000_000, generation: 1))
}

// MARK: Limit

let registry = RateRegistry()
let policies = try registry.install([
    RatePolicy(
        dialect: "bench", rateClass: "read", subject: "tenant_id", selectorClaim: nil, selectorValue: nil,
        kind: .bucket, limitCount: 1_000_000, windowSeconds: 1, burst: 1_000_000)
])
var rates = RateView(registry)
if let rateClass = policies.rateClass(dialect: "bench", named: "read") {
    measure("charge a request to its tenant") { index in
        let choice = RatePolicies.choose(rateClass, address: ClientAddress(v4: 0)) { principal[claim: $0] }
        keep(rates.charge(choice, at: 1_900_000_000_000 + Int64(index)))
    }
}

// MARK: Binding

func parameter(_ name: String, _ kind: String, _ source: String) throws -> Parameter {
    try Parameter(
        ParameterRow(name: name, sqlType: kind, kind: kind, source: source, sourceName: name), captureNames: [])
}
let plan = try CallPlan(
    callName: "bench.create_note", returns: .json,
    parameters: [
        parameter("account_id", "text", "body"), parameter("text", "text", "body"),
        parameter("priority", "int4", "body"),
    ], refusesUnknownFields: true)
let body = Array(#"{"account_id":"acc_1000003","text":"called the customer, no \"answer\"","priority":7}"#.utf8)
let contentType = Array("application/json".utf8)
var binder = Binder()
var arguments = ArgumentBuffer()
try measure("bind a JSON body of \(body.count) bytes") { _ in
    arguments.removeAll()
    keep(
        try binder.bind(
            plan, path: [UInt8]().span, captures: Captures(), query: [UInt8]().span, body: body.span,
            contentType: contentType.span, header: { _ in nil }, server: { _ in nil }, into: &arguments))
}

// MARK: Log

let nowhere = open("/dev/null", O_WRONLY)
var log = AccessLog(writer: try LogWriter(output: nowhere), sampleFraction: 1)
let path = Array("/accounts/acc_1000003".utf8)
let requestID = Array("5e17b8d2-eeaf-49af-825b-bccd7daf4784".utf8)
measure("write a log line") { index in
    log.add(
        .init(
            milliseconds: 1_900_000_000_000 + Int64(index), method: "GET", route: "GET /accounts/{id}", path: path,
            status: 200, byteCount: 189, microseconds: 1234, requestID: requestID, address: "127.0.0.1",
            tenantID: tenant, userID: tenant, traceparent: [], error: ""))
}
