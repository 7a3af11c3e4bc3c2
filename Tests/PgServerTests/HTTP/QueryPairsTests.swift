import Testing

@testable import PgServer

@Suite("A query")
struct QueryPairsTests {
    static let queries: [(String, [[String]])] = [
        ("", []), ("&&", []), ("a=1", [["a", "1"]]), ("a=1&b=2", [["a", "1"], ["b", "2"]]),
        ("a", [["a", ""]]), ("a=", [["a", ""]]), ("=1", [["", "1"]]), ("=", [["", ""]]),
        ("a=b=c", [["a", "b=c"]]), ("&a=1&&b&", [["a", "1"], ["b", ""]]), ("a=1&a=2", [["a", "1"], ["a", "2"]]),
        ("a%26b=%3D", [["a%26b", "%3D"]]), ("a=1;b=2", [["a", "1;b=2"]]),
    ]

    @Test("is a list of pairs, in order and still encoded", arguments: queries)
    func pairs(_ query: String, _ expected: [[String]]) throws {
        let bytes = Array("/path?\(query)".utf8)
        var pairs = QueryPairs(of: 6..<bytes.count)
        var seen: [[String]] = []
        while let pair = try pairs.next(in: bytes.span) {
            seen.append([pair.name, pair.value].map { String(decoding: bytes[$0], as: UTF8.self) })
        }
        #expect(seen == expected)
    }

    @Test("has at most so many pairs")
    func limit() throws {
        let bytes = Array(repeating: "a", count: QueryPairs.countMax + 1).joined(separator: "&").utf8
        var pairs = QueryPairs(of: 0..<bytes.count)
        for _ in 1...QueryPairs.countMax { #expect(try pairs.next(in: bytes.span) != nil) }
        #expect(throws: HTTPError.tooManyParameters) { try pairs.next(in: bytes.span) }
        var fewer = QueryPairs(of: 0..<(bytes.count - 2))
        for _ in 1...QueryPairs.countMax { #expect(try fewer.next(in: bytes.span) != nil) }
        #expect(try fewer.next(in: bytes.span) == nil)
    }
}
