import Foundation
import Testing

@testable import PgServer

@Suite("An HTTP effect")
struct HTTPEffectTests {
    private func effect(_ arguments: [String: Any]) throws -> HTTPEffect {
        try HTTPEffect(Array(try JSONSerialization.data(withJSONObject: arguments)))
    }

    private func effect(json: String) throws(EffectFailure) -> HTTPEffect { try HTTPEffect(Array(json.utf8)) }

    @Test("has defaults for all but the URL")
    func defaults() throws {
        let effect = try effect(["url": "https://example.com/hook"])
        #expect(
            String(decoding: effect.message, as: UTF8.self) == """
                GET /hook HTTP/1.1\r
                Host: example.com\r
                User-Agent: pg-server/\(version)\r
                Accept: */*\r
                Accept-Encoding: identity\r
                Connection: close\r
                \r\n
                """)
        #expect(effect.responseByteCountMax == HTTPEffect.responseByteCountDefault)
        #expect(effect.redirectCountMax == HTTPEffect.redirectCountDefault)
        #expect(effect.timeout == nil)
    }

    @Test("sends what its arguments say, null as if it were absent")
    func message() throws {
        let effect = try effect([
            "url": "http://[::1]:8080/a?b=c", "method": "POST", "body": "héllo", "idempotency_key": "job-7",
            "headers": ["content-type": "text/plain", "user-agent": "me", "accept": "text/html"],
            "timeout_ms": 1500, "max_response_bytes": 10, "redirects": 0, "body_base64": NSNull(),
        ])
        let lines = String(decoding: effect.message, as: UTF8.self).split(separator: "\r\n").map(String.init)
        #expect(lines.first == "POST /a?b=c HTTP/1.1")
        #expect(
            Set(lines.dropFirst()) == [
                "Host: [::1]:8080", "content-type: text/plain", "user-agent: me", "accept: text/html",
                "Idempotency-Key: job-7", "Content-Length: 6", "Accept-Encoding: identity", "Connection: close",
                "héllo",
            ])
        #expect(effect.timeout == .milliseconds(1500))
        #expect(effect.responseByteCountMax == 10)
        #expect(effect.redirectCountMax == 0)
    }

    @Test("takes a body of bytes as base64")
    func bytes() throws {
        let effect = try effect(["url": "http://a/", "method": "PUT", "body_base64": "AP8="])
        #expect(effect.body == [0, 0xFF])
    }

    @Test(
        "states that an absent body is empty, where a method makes one expected", arguments: ["POST", "PUT", "PATCH"])
    func emptyBody(_ method: String) throws {
        let text = String(decoding: try effect(["url": "http://a/", "method": method]).message, as: UTF8.self)
        #expect(text.contains("\r\nContent-Length: 0\r\n"))
    }

    static let refused = [
        ("[]", "The arguments are not a JSON object."), ("", "The arguments are not a JSON object."),
        ("{}", "The argument url is missing."), (#"{"url":null}"#, "The argument url is missing."),
        (#"{"url":7}"#, "The argument url must be a text."),
        (#"{"url":"ftp://a"}"#, "The argument url must begin with http:// or https://."),
        (#"{"url":"http://u:secret@a"}"#, "The argument url must not hold a name or password."),
        (
            #"{"url":"http://a","method":"TRACE"}"#,
            "The argument method must be one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS."
        ),
        (
            #"{"url":"http://a","method":"get"}"#,
            "The argument method must be one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS."
        ),
        (#"{"url":"http://a","body":{}}"#, "The argument body must be a text."),
        (#"{"url":"http://a","body":"","body_base64":""}"#, "The argument body_base64 cannot stand beside body."),
        (#"{"url":"http://a","body_base64":"?"}"#, "The argument body_base64 is not base64."),
        (#"{"url":"http://a","headers":[]}"#, "The argument headers must be an object of texts."),
        (#"{"url":"http://a","headers":{"X":1}}"#, "The argument headers.X must be a text."),
        (#"{"url":"http://a","headers":{"":"x"}}"#, "The argument headers has a name that no field can have."),
        (#"{"url":"http://a","headers":{"X Y":"x"}}"#, "The argument headers has a name that no field can have."),
        (#"{"url":"http://a","headers":{"X:":"x"}}"#, "The argument headers has a name that no field can have."),
        (#"{"url":"http://a","headers":{"X":"a\r\nB: c"}}"#, "The argument headers.X has a control character."),
        (#"{"url":"http://a","headers":{"X":"a\nB: c"}}"#, "The argument headers.X has a control character."),
        (#"{"url":"http://a","headers":{"Host":"b"}}"#, "The argument headers.Host is written by the server itself."),
        (
            #"{"url":"http://a","headers":{"Transfer-Encoding":"chunked"}}"#,
            "The argument headers.Transfer-Encoding is written by the server itself."
        ),
        (
            #"{"url":"http://a","headers":{"content-length":"3"}}"#,
            "The argument headers.content-length is written by the server itself."
        ),
        (
            #"{"url":"http://a","headers":{"Proxy-Authorization":"x"}}"#,
            "The argument headers.Proxy-Authorization is written by the server itself."
        ),
        (#"{"url":"http://a","idempotency_key":"a b"}"#, "The argument idempotency_key must be visible ASCII."),
        (#"{"url":"http://a","redirects":11}"#, "The argument redirects must be a whole number from 0 to 10."),
        (#"{"url":"http://a","redirects":1.5}"#, "The argument redirects must be a whole number from 0 to 10."),
        (#"{"url":"http://a","timeout_ms":0}"#, "The argument timeout_ms must be a whole number from 1 to 3600000."),
        (
            #"{"url":"http://a","max_response_bytes":16777217}"#,
            "The argument max_response_bytes must be a whole number from 0 to 16777216."
        ),
    ]

    @Test("is refused with a sentence that names the argument, and never a secret", arguments: refused)
    func refusal(_ json: String, _ message: String) {
        #expect(throws: EffectFailure(.invalidRequest, message)) { try effect(json: json) }
    }

    @Test("bounds fields and bodies, at their limit and one past")
    func bounds() throws {
        func fields(_ count: Int) -> [String: Any] {
            let headers = Dictionary(uniqueKeysWithValues: (0..<count).map { ("X-\($0)", "y") })
            return ["url": "http://a", "headers": headers]
        }
        #expect(throws: Never.self) { try effect(fields(HTTPEffect.fieldCountMax)) }
        #expect(throws: EffectFailure.self) { try effect(fields(HTTPEffect.fieldCountMax + 1)) }
        func value(_ count: Int) -> [String: Any] {
            ["url": "http://a", "headers": ["X": String(repeating: "y", count: count)]]
        }
        #expect(throws: Never.self) { try effect(value(HTTPEffect.fieldByteCountMax)) }
        #expect(throws: EffectFailure.self) { try effect(value(HTTPEffect.fieldByteCountMax + 1)) }
    }

    private static var secrets: [String: Any] {
        [
            "url": "https://a/x", "method": "POST", "body": "b", "idempotency_key": "k",
            "headers": ["Authorization": "Bearer s", "X-Signature": "s", "Cookie": "s", "Content-Type": "t"],
        ]
    }

    @Test(
        "keeps method and body on 307 and 308, and asks with GET otherwise, as browsers do",
        arguments: [
            (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (307, "POST", "POST"),
            (308, "POST", "POST"), (301, "PUT", "PUT"), (303, "PUT", "GET"), (303, "HEAD", "HEAD"), (302, "GET", "GET"),
        ])
    func method(_ status: Int, _ before: String, _ after: String) throws {
        var arguments = Self.secrets
        arguments["method"] = before
        var effect = try effect(arguments)
        try effect.follow("/y", status: status)
        #expect(effect.method == after)
        #expect((effect.body != nil) == (before == after))
        #expect(effect.fields.contains { $0.name == "Content-Type" } == (before == after))
        #expect(effect.fields.contains { $0.name == "Authorization" })
        #expect(effect.url.target == "/y")
    }

    @Test("hands no secret to another origin", arguments: ["https://b/", "https://a:8443/"])
    func otherOrigin(_ location: String) throws {
        var effect = try effect(Self.secrets)
        try effect.follow(location, status: 307)
        let names = Set(effect.fields.map { $0.name.lowercased() })
        #expect(names == ["content-type", "user-agent", "accept", "idempotency-key"])
        #expect(effect.body == Array("b".utf8))
    }

    @Test("follows from http to https, but never back")
    func downgrade() throws {
        var secure = try effect(["url": "https://a/"])
        #expect(throws: EffectFailure(.redirectRefused, "The redirect leads from https to http.")) {
            try secure.follow("http://a/", status: 302)
        }
        var plain = try effect(["url": "http://a/"])
        try plain.follow("https://a/", status: 302)
        #expect(plain.url.isSecure)
    }
}
