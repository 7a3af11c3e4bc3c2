import Testing

@testable import PgServer

@Suite("Percent-encoding")
struct PercentDecodingTests {
    static let decoded: [(String, PercentDecoding.Part, String)] = [
        ("", .segment, ""), ("abc", .segment, "abc"), ("a%20b", .segment, "a b"), ("a%2Fb", .segment, "a/b"),
        ("a%2fb", .query, "a/b"), ("a+b", .segment, "a+b"), ("a+b", .query, "a b"), ("a%2Bb", .query, "a+b"),
        ("%C3%BC%F0%9F%98%80", .query, "ü😀"), ("%25zz", .segment, "%zz"), ("%0A", .query, "\n"),
        ("%2e%2e", .segment, ".."), ("%01", .segment, "\u{1}"), ("a=b", .query, "a=b"),
    ]

    @Test("is undone once, behind what is there", arguments: decoded)
    func decodes(_ text: String, _ part: PercentDecoding.Part, _ expected: String) throws {
        var output = Array("…".utf8)
        try PercentDecoding.append(text.utf8.span, as: part, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "…" + expected)
        #expect(PercentDecoding.isPlain(text.utf8.span, as: part) == (text == expected))
    }

    @Test(
        "is refused if broken, NUL or not UTF-8, and leaves nothing behind",
        arguments: [
            "%", "%2", "a%", "a%4", "%zz", "%4g", "%+1", "%00", "a%00b", "%FF", "%C3", "%C3%28", "%C0%AF",
            "%ED%A0%80", "%F4%90%80%80", "%80", "a b", "ü", "a#", "a\u{7F}",
        ], [PercentDecoding.Part.segment, .query])
    func refuses(_ text: String, _ part: PercentDecoding.Part) {
        var output = [UInt8(ascii: "x")]
        #expect(throws: HTTPError.malformedEncoding) {
            try PercentDecoding.append(text.utf8.span, as: part, to: &output)
        }
        #expect(output == [UInt8(ascii: "x")])
    }
}
