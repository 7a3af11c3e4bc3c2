import Foundation
import Testing

@testable import PgServer

@Suite("What a function answers", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct ReplyTests {
    private static let shared = Result {
        let catalog = try CatalogServer("replies")
        try catalog.declare("replies", answering: "/reply/plain?name=x")
        return catalog
    }
    private let catalog: CatalogServer

    init() throws { catalog = try Self.shared.get() }

    private func reply(_ json: String) throws -> HTTPResponse { try catalog.anyone.post("/reply/any", json: json) }

    @Test("may be 201 with a Location and fields of its own")
    func created() throws {
        let response = try catalog.anyone.post("/reply/created", json: #"{"name":"new"}"#)
        #expect(response.status == 201)
        #expect(response.header("Location") == "/reply/new")
        #expect(response.header("X-Many") == "7")
        #expect(response.header("Content-Type") == "application/json")
        #expect(try response.json() as? [String: String] == ["name": "new"])
    }

    @Test("may be any status that is none of a failure's, with its body", arguments: [200, 202, 207])
    func statuses(_ status: Int) throws {
        let response = try reply(#"{"status":\#(status),"text":"{\"a\":1}"}"#)
        #expect(response.status == status)
        #expect(try response.json() as? [String: Int] == ["a": 1])
    }

    @Test("may be nothing: 204 by a reply, by a function without a result, by NULL where the route says so")
    func noContent() throws {
        let target = "/reply/maybe"
        let responses = [
            try reply(#"{"status":204}"#), try catalog.anyone.post("/reply/nothing", json: ""),
            try catalog.anyone.send("DELETE", target),
        ]
        for response in responses {
            #expect(response.status == 204)
            #expect(response.header("Content-Length") == nil)
            #expect(response.header("Content-Type") == nil)
            #expect(response.body.isEmpty)
        }
    }

    @Test("is 404 where it is NULL")
    func null() throws {
        #expect(try catalog.anyone.get("/reply/maybe").status == 404)
        #expect(try catalog.anyone.get("/reply/plain").status == 404)
        #expect(try catalog.anyone.get("/reply/maybe?name=a").text == #""a""#)
    }

    @Test("may be text, of the type the route or the reply names")
    func text() throws {
        let plain = try catalog.anyone.get("/reply/plain?name=h%C3%A9")
        #expect(plain.header("Content-Type") == "text/plain; charset=utf-8")
        #expect(plain.text == "hé")
        #expect(try catalog.anyone.get("/reply/plain?name=").text == "")
        #expect(try catalog.anyone.get("/reply/csv?name=a,b").header("Content-Type") == "text/csv; charset=utf-8")
        let reply = try reply(#"{"text":"<p>","content_type":"text/html"}"#)
        #expect(reply.header("Content-Type") == "text/html")
        #expect(reply.text == "<p>")
    }

    @Test("may be bytes, of the type the route or the reply names")
    func bytes() throws {
        let picture: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0xFF]
        for (target, type) in [("bytes", "application/octet-stream"), ("picture", "image/png")] {
            let response = try catalog.anyone.get("/reply/\(target)")
            #expect(response.header("Content-Type") == type)
            #expect(response.body == picture)
        }
        let reply = try reply(#"{"bytes":"AP8=","content_type":"image/gif"}"#)
        #expect(reply.header("Content-Type") == "image/gif")
        #expect(reply.body == [0x00, 0xFF])
    }

    @Test("wears its contract's envelope only where it is JSON and no failure")
    func envelope() throws {
        func reply(_ json: String) throws -> HTTPResponse {
            try catalog.anyone.post("/api/v1/reply/any", json: json)
        }
        #expect(try reply(#"{"status":201,"text":"{}"}"#).member("success") as? Bool == true)
        #expect(try reply(#"{"status":418,"text":"{\"own\":1}"}"#).json() as? [String: Int] == ["own": 1])
        #expect(try reply(#"{"text":"plain","content_type":"text/plain"}"#).text == "plain")
    }

    @Test(
        "never puts a field on the wire that would split the answer",
        arguments: [
            #"{"X-A":"a\r\nSet-Cookie: b=c"}"#, #"{"X A":"a"}"#, #"{"X-A\r\n":"a"}"#, #"{"":"a"}"#,
            #"{"Content-Length":"1"}"#, #"{"Transfer-Encoding":"chunked"}"#, #"{"Connection":"close"}"#,
            #"{"X-A":{"b":1}}"#, "[1]",
        ])
    func fields(_ headers: String) throws {
        let response = try reply(#"{"text":"{}","headers":\#(headers)}"#)
        #expect(response.status == 500)
        #expect(response.header("Set-Cookie") == nil && response.header("X-A") == nil)
    }

    @Test("is never a status that is none", arguments: [0, 99, 101, 600, 1000, -1])
    func badStatus(_ status: Int) throws {
        #expect(try reply(#"{"status":\#(status),"text":"{}"}"#).status == 500)
    }

    @Test("holds tokens that the published keys verify")
    func tokens() throws {
        let now = Int64(Date().timeIntervalSince1970)
        let claims = #"{"sub":"s","tenant_id":"\#(catalog.first.tenantID)","exp":\#(now + 60),"n":"é\"\\"}"#
        let body = #"{\"token_type\":\"bearer\"}"#
        let response = try reply(#"{"text":"\#(body)","tokens":{"access_token":\#(claims),"other":\#(claims)}}"#)
        #expect(response.status == 200)
        #expect(response.header("Cache-Control") == "no-store")
        #expect(try response.member("token_type") as? String == "bearer")
        let keys = try publishedKeys()
        for name in ["access_token", "other"] {
            let token = try #require(try response.member(name) as? String)
            let verified = try TokenVerifier(keys: keys).verify(Array(token.utf8).span, at: now)
            let signed = try JSONSerialization.jsonObject(with: Data(verified.members.json)) as? NSDictionary
            #expect(signed == (try JSONSerialization.jsonObject(with: Data(claims.utf8)) as? NSDictionary))
        }
        let empty = try reply(#"{"text":"{ }","tokens":{"t":\#(claims)}}"#)
        #expect(try (empty.json() as? [String: String])?.keys.sorted() == ["t"])
    }

    /// What `/api/auth/.well-known/jwks.json` publishes, as keys that verify. Nothing else of the server is asked.
    private func publishedKeys() throws -> KeySet {
        let response = try catalog.anyone.get("/api/auth/.well-known/jwks.json")
        #expect(response.status == 200)
        let published = try #require(try response.member("keys") as? [[String: String]])
        #expect(published.allSatisfy { $0["d"] == nil && $0["k"] == nil && $0["kty"] != "oct" })
        let keys = try published.map { key in
            let algorithm = try #require(key["alg"].flatMap { SignatureAlgorithm(rawValue: $0) })
            return try VerificationKey(algorithm: algorithm, text: Self.pem(of: key), id: key["kid"])
        }
        return try KeySet(generation: 1, active: nil, retired: keys)
    }

    /// SubjectPublicKeyInfo of a P-256 key (RFC 5480 §2), put together by hand so that nothing of ours is trusted.
    private static func pem(of key: [String: String]) throws -> String {
        guard key["kty"] == "EC", key["crv"] == "P-256" else { throw TestFailure("this is no P-256 key: \(key)") }
        func number(_ name: String) throws -> [UInt8] {
            let text = Array((key[name] ?? "").utf8)
            guard let number = Base64URL.decode(text.span) else { throw TestFailure("\(name) is no number") }
            return number
        }
        let prefix: [UInt8] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
            0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
        ]
        let der = Data(prefix + (try number("x")) + (try number("y")))
        return "-----BEGIN PUBLIC KEY-----\n\(der.base64EncodedString())\n-----END PUBLIC KEY-----\n"
    }

    // MARK: Transactions

    @Test("of a GET that writes is a failure, and nothing is written")
    func readOnly() throws {
        let response = try catalog.anyone.get("/reply/sneak?name=sneaked")
        #expect(response.status == 500)
        #expect(try catalog.anyone.send("HEAD", "/reply/sneak?name=sneaked").status == 500)
        #expect(try catalog.value("SELECT count(*) FROM reply.entries WHERE name = 'sneaked'") == "0")
    }

    @Test("is no success where the commit fails")
    func deferred() throws {
        #expect(try catalog.anyone.post("/reply/entries", json: #"{"name":"once"}"#).status == 201)
        let refused = try catalog.anyone.post("/reply/entries", json: #"{"name":"once"}"#)
        #expect(refused.status == 409)
        #expect(try refused.member("detail") as? String == "This name is taken.")
        #expect(try catalog.value("SELECT count(*) FROM reply.entries WHERE name = 'once'") == "1")
    }

    @Test("to HEAD is that to GET without its body")
    func head() throws {
        let (get, head) = (
            try catalog.anyone.get("/reply/csv?name=a"), try catalog.anyone.send("HEAD", "/reply/csv?name=a")
        )
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        for name in ["Content-Type", "Content-Length", "ETag"] { #expect(head.header(name) == get.header(name)) }
    }

    static let conflicts = ["40001", "40P01"]

    @Test("to a read that met a conflict is found at the second attempt", arguments: zip(conflicts, [1, 2]))
    func retried(_ state: String, _ key: Int) throws {
        let response = try catalog.anyone.get("/reply/conflict-once?key=\(key)&state=\(state)")
        #expect(response.status == 200, "\(response.text)")
    }

    @Test("to a read whose conflicts do not end is 503", arguments: conflicts)
    func givenUp(_ state: String) throws {
        let response = try catalog.anyone.get("/reply/conflict-always?state=\(state)")
        #expect(response.status == 503)
        #expect(response.header("Retry-After") == "1")
        #expect(!response.text.contains("the words of the database"))
    }

    @Test("to a write that met a conflict is 503 with Retry-After, after one attempt")
    func notRetried() throws {
        for state in Self.conflicts {
            let before = try catalog.value(
                "SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM reply.attempts")
            let next = try #require(before.flatMap { Int($0) })
            let response = try catalog.anyone.post(
                "/reply/write-conflict", json: #"{"state":"\#(state)","succeeds_at":\#(next + 1)}"#)
            #expect(response.status == 503)
            #expect(response.header("Retry-After") == "1")
            #expect(try catalog.value("SELECT last_value FROM reply.attempts") == String(next))
        }
    }
}
