import Testing

@testable import PgServer

@Suite("A route pattern")
struct RoutePatternTests {
    static let parsed: [(String, [RoutePattern.Segment], [String])] = [
        ("/", [], []),
        ("/a", [.literal(Array("a".utf8))], []),
        ("/a/{b}/c", [.literal(Array("a".utf8)), .parameter, .literal(Array("c".utf8))], ["b"]),
        ("/{id}:run", [.parameterWithVerb(Array("run".utf8))], ["id"]),
        ("/p:generate", [.literal(Array("p:generate".utf8))], []),
        ("/.well-known/{rest...}", [.literal(Array(".well-known".utf8)), .rest], ["rest"]),
    ]

    @Test("has literals, parameters, verbs and a rest", arguments: parsed)
    func parses(_ text: String, _ segments: [RoutePattern.Segment], _ names: [String]) throws {
        let pattern = try RoutePattern(parsing: text)
        #expect(pattern.segments == segments)
        #expect(pattern.captureNames == names)
    }

    static let refused = [
        "", "a", "//", "/a/", "/a//b", "/{}", "/{1a}", "/{a-b}", "/{a", "/a}", "/a{b}", "/{a}b", "/{a}:", "/{a}:b/c",
        "/{a}:b:c", "/{a...}/b", "/{a...}:b", "/{a}/{a}", "/a b", "/a?b", "/a#b", "/a%20b", "/ä", "/{ä}",
        "/" + (0...Captures.countMax).map { "{p\($0)}" }.joined(separator: "/"),
    ]

    @Test("is refused, by name, where it could not be matched", arguments: refused)
    func refuses(_ text: String) {
        let error = #expect(throws: RoutingError.self) { try RoutePattern(parsing: text) }
        #expect(error?.sentence.hasPrefix("Path \(text): ") == true)
    }
}
