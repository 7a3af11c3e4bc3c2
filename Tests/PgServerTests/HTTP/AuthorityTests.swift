import Testing

@testable import PgServer

@Suite("A host")
struct AuthorityTests {
    @Test(
        "is a name or an address, with or without a port",
        arguments: [
            "a", "a.example", "A-b_c~d.example:443", "127.0.0.1:8080", "a:", "a:65535", "a%20b", "[::1]", "[::1]:80",
            "[2001:db8::192.0.2.1]", "xn--bcher-kva.example",
        ])
    func valid(_ host: String) {
        let isValid = Authority.isValid(host.utf8.span)
        #expect(isValid)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", ":80", "a:65536", "a:8 0", "a:-1", "a:+1", "a:1:1", "a b", "a/b", "a?b", "a@b", "a\\b", "ä", "a%2",
            "a%zz", "[", "[]", "[:]", "[::1", "[::g]", "[::1]a", "[1.2.3.4]", "a\u{0}",
            "[\(String(repeating: ":", count: 46))]",
        ])
    func invalid(_ host: String) {
        let isValid = Authority.isValid(host.utf8.span)
        #expect(!isValid)
    }
}
