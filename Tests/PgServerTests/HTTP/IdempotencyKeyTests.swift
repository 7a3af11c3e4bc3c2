import Testing

@testable import PgServer

/// draft-ietf-httpapi-idempotency-key-header-07 §2.1, RFC 9651 §3.3.3.
@Suite("An Idempotency-Key")
struct IdempotencyKeyTests {
    static func key(_ value: String) -> String? {
        IdempotencyKey(parsing: Array(value.utf8).span).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    static let readable = [
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        (#""8e03978e-40d5-43dd""#, "8e03978e-40d5-43dd"), ("a", "a"), (#""a""#, "a"), (#"a"b"#, #"a"b"#),
        (#""a\"b\\c""#, #"a"b\c"#), (#"a\b"#, #"a\b"#), ("!~", "!~"),
    ]

    @Test("is read in quotes and bare", arguments: readable)
    func read(_ value: String, _ expected: String) { #expect(Self.key(value) == expected) }

    static let malformed = [
        "", #"""#, #""""#, #""a"#, #"a""b"#.replacing("a", with: #"""#), #""a"b""#, #""a\""#, #""a\b""#, "a b",
        #""a b""#,
        "a\tb", "é", "\u{7F}", #""a";b"#,
    ]

    @Test("is refused otherwise", arguments: malformed)
    func refused(_ value: String) { #expect(Self.key(value) == nil) }

    @Test("has at most as many characters as its limit says, in quotes as well")
    func limit() {
        let longest = String(repeating: "k", count: IdempotencyKey.byteCountMax)
        #expect(Self.key(longest) == longest)
        #expect(Self.key("\"\(longest)\"") == longest)
        #expect(Self.key(longest + "k") == nil)
        #expect(Self.key("\"\(longest)k\"") == nil)
    }
}
