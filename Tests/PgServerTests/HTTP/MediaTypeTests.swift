import Testing

@testable import PgServer

@Suite("A media type")
struct MediaTypeTests {
    @Test(
        "is JSON",
        arguments: [
            "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8",
            "application/json ; Charset=\"utf-8\" ; profile=\"a;\\\"b\"", "application/problem+json",
            "application/vnd.api+json;v=1", "application/json;", "application/json; ;charset=utf-8",
        ])
    func json(_ value: String) {
        let isJSON = MediaType.isJSON(value.utf8.span)
        #expect(isJSON)
    }

    @Test(
        "is not JSON, or not in UTF-8, or broken",
        arguments: [
            "", "json", "application/", "/json", "application/jsonx", "application/+json", "text/json",
            "text/plain+json", "application/x-www-form-urlencoded", "application/json charset=utf-8",
            "application/json, text/html", "application/json; charset=latin1", "application/json; charset=utf-16",
            "application/json; charset=utf-8; charset=latin1", "application/json; charset",
            "application/json; charset=",
            "application/json; charset=\"utf-8", "application/json; a=\"\\", "application/ json", "application/json/x",
        ])
    func other(_ value: String) {
        let isJSON = MediaType.isJSON(value.utf8.span)
        #expect(!isJSON)
    }

    @Test(
        "is compared without its parameters, in any case",
        arguments: [
            ("text/csv", true), ("Text/CSV; a=b", true), ("text/csv ;a=b", true), ("text/csvx", false),
            ("text/csv x", false), ("text", false), ("text/cs", false),
        ])
    func compared(_ value: String, _ expected: Bool) {
        let isCSV = MediaType.matches(value.utf8.span, "text/csv")
        #expect(isCSV == expected)
    }
}
