import Testing

@testable import PgServer

@Suite("If-None-Match")
struct EntityTagTests {
    @Test(
        "names a tag, compared weakly",
        arguments: [
            ("\"a\"", "\"a\""), ("W/\"a\"", "\"a\""), ("\"a\"", "W/\"a\""), ("*", "\"a\""), ("\"b\", \"a\"", "\"a\""),
            ("\"b\" ,, W/\"a\" , \"c\"", "\"a\""), ("\"a,b\"", "\"a,b\""), ("\"\"", "\"\""), ("\"a\" x", "\"a\""),
        ])
    func named(_ list: String, _ tag: String) {
        let isNamed = EntityTag.isNamed(in: list.utf8.span, tag.utf8.span)
        #expect(isNamed)
    }

    @Test(
        "does not name another one, nor what stands behind a break",
        arguments: [
            ("", "\"a\""), ("\"b\"", "\"a\""), ("\"A\"", "\"a\""), ("a", "\"a\""), ("\"a", "\"a\""),
            ("w/\"a\"", "\"a\""),
            ("x, \"a\"", "\"a\""), ("\"b\" \"a\"", "\"a\""), ("\"b, \"a\"", "\"a\""), ("W/", "\"a\""),
            ("\"ab\"", "\"a\""),
            ("*, \"b\"", "\"a\""), ("\"a\"", "a"),
        ])
    func other(_ list: String, _ tag: String) {
        let isNamed = EntityTag.isNamed(in: list.utf8.span, tag.utf8.span)
        #expect(!isNamed)
    }
}
