import Testing

@testable import PgServer

@Suite("The URL of an outside request")
struct OutsideURLTests {
    static let urls: [(String, Bool, String, UInt16, String, String)] = [
        ("http://example.com", false, "example.com", 80, "/", "example.com"),
        ("https://example.com", true, "example.com", 443, "/", "example.com"),
        ("HTTPS://EXAMPLE.com/A?b=C", true, "example.com", 443, "/A?b=C", "example.com"),
        ("http://example.com?q", false, "example.com", 80, "/?q", "example.com"),
        ("http://example.com/a#b", false, "example.com", 80, "/a", "example.com"),
        ("http://example.com#b/c", false, "example.com", 80, "/", "example.com"),
        ("https://example.com:8443/", true, "example.com", 8443, "/", "example.com:8443"),
        ("https://example.com:443/", true, "example.com", 443, "/", "example.com"),
        ("https://example.com:/x", true, "example.com", 443, "/x", "example.com"),
        ("http://example.com:443/", false, "example.com", 443, "/", "example.com:443"),
        ("http://[2001:DB8::1]:81/x", false, "2001:db8::1", 81, "/x", "[2001:db8::1]:81"),
        ("http://[::1]", false, "::1", 80, "/", "[::1]"),
        ("http://127.0.0.1/%2e%2e", false, "127.0.0.1", 80, "/%2e%2e", "127.0.0.1"),
        ("http://a_b-c.d./", false, "a_b-c.d.", 80, "/", "a_b-c.d."),
        ("http://2130706433/", false, "2130706433", 80, "/", "2130706433"),
        ("http://a/?x=http://b@c:d/", false, "a", 80, "/?x=http://b@c:d/", "a"),
    ]

    @Test("is read into what the connection and the request need", arguments: urls)
    func parsing(
        _ text: String, _ isSecure: Bool, _ host: String, _ port: UInt16, _ target: String, _ authority: String
    ) throws {
        let url = try OutsideURL(parsing: text)
        #expect(url.isSecure == isSecure && url.host == host && url.port == port && url.target == target)
        #expect(url.authority == authority)
    }

    static let refused: [(String, OutsideURL.Fault)] = [
        ("", .unsupportedScheme), ("example.com", .unsupportedScheme), ("/path", .unsupportedScheme),
        ("ftp://example.com/", .unsupportedScheme), ("file:///etc/passwd", .unsupportedScheme),
        ("gopher://127.0.0.1/", .unsupportedScheme), ("httpx://a/", .unsupportedScheme),
        ("http:example.com", .invalidHost), ("http:/example.com", .invalidHost), ("http://", .invalidHost),
        ("http:///path", .invalidHost), ("http://?q", .invalidHost), ("http://:80/", .invalidHost),
        ("http://.example.com/", .invalidHost), ("http://a..b/", .invalidHost), ("http://-a/", .invalidHost),
        ("http://a%2eb/", .invalidHost), ("http://a\\b/", .invalidHost), ("http://a,b/", .invalidHost),
        ("http://[::1/", .invalidHost), ("http://[127.0.0.1]/", .invalidHost), ("http://[::1]x/", .invalidHost),
        ("http://[::1%25eth0]/", .invalidHost), ("http://[]/", .invalidHost),
        ("http://user@example.com/", .userInformation), ("http://user:secret@example.com/", .userInformation),
        ("http://example.com\\@127.0.0.1/", .userInformation), ("http://@a/", .userInformation),
        ("http://a:0/", .invalidPort), ("http://a:65536/", .invalidPort), ("http://a:+80/", .invalidPort),
        ("http://a:8a/", .invalidPort), ("http://a:80:80/", .invalidPort),
        ("http://a/b c", .invalidCharacter), ("http://a/\r\nHost: b", .invalidCharacter),
        ("http://a/\t", .invalidCharacter),
        (" http://a/", .invalidCharacter), ("http://bücher.example/", .invalidCharacter),
        ("http://a/ü", .invalidCharacter), ("http://a/\u{0}", .invalidCharacter),
        ("http://a/\u{7F}", .invalidCharacter),
        ("http://\(String(repeating: "a", count: 254))/", .invalidHost),
        ("http://a/" + String(repeating: "a", count: OutsideURL.byteCountMax), .tooLong),
    ]

    @Test("is refused where readers could differ, or where it leads to another protocol", arguments: refused)
    func refusal(_ text: String, _ fault: OutsideURL.Fault) {
        #expect(throws: fault) { try OutsideURL(parsing: text) }
    }

    // RFC 3986 §5.4, as far as its references are http.
    static let references = [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
        ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"), (";x", "http://a/b/c/;x"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"), ("../g", "http://a/b/g"),
        ("../..", "http://a/"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"),
        ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"), ("./g/.", "http://a/b/c/g/"),
        ("g/../h", "http://a/b/c/h"), ("g?y/../x", "http://a/b/c/g?y/../x"), ("https://b/x", "https://b/x"),
        ("//b:81/x", "http://b:81/x"), ("/a//b", "http://a/a//b"),
    ]

    @Test("leads on to what a response names, absolute or relative", arguments: references)
    func resolving(_ reference: String, _ expected: String) throws {
        let base = try OutsideURL(parsing: "http://a/b/c/d;p?q")
        #expect(try base.resolving(reference) == (try OutsideURL(parsing: expected)))
    }

    @Test(
        "leads to no other protocol and to nothing malformed", arguments: ["file:///x", "javascript:1", "//u@a", "a b"])
    func refusedReference(_ reference: String) throws {
        let base = try OutsideURL(parsing: "http://a/b")
        #expect(throws: OutsideURL.Fault.self) { try base.resolving(reference) }
    }
}
