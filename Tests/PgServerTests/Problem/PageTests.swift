import Testing

@testable import PgServer

@Suite("A page of a list")
struct PageTests {
    static func fields(
        _ request: PageRequest, total: Int?, count: Int, query: String, style: String = "page", origin: String = ""
    ) throws -> [String: String] {
        var row = DialectTests.row
        row.pageStyle = style
        let fields = try Dialect(row, problems: DialectTests.problems).pageFields(
            PageResult(request: request, total: total, count: count), path: Array("/v1/things".utf8).span,
            query: Array(query.utf8).span, origin: origin, requestID: DialectTests.id, timestampMilliseconds: 0)
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
    }

    @Test("is printed with its counts")
    func body() throws {
        let dialect = try Dialect(DialectTests.row, problems: DialectTests.problems)
        var out: [UInt8] = []
        let page = PageResult(request: PageRequest(page: 2, size: 2), total: 5, count: 2)
        dialect.renderPage(
            items: Array("[1,2]".utf8).span, itemsKey: "things", page: page, requestID: DialectTests.id,
            timestampMilliseconds: 0, into: &out)
        out.append(UInt8(ascii: "|"))
        dialect.renderPage(
            items: [UInt8]().span, itemsKey: nil, page: PageResult(request: PageRequest(page: 1, size: 2), count: 0),
            requestID: DialectTests.id, timestampMilliseconds: 0, into: &out)
        let expected =
            #"{"things":[1,2],"total":5,"page":2,"next":true}|{"items":[],"total":null,"page":1,"next":false}"#
        #expect(String(decoding: out, as: UTF8.self) == expected)
    }

    @Test("links to its neighbours and keeps the rest of the query as it was")
    func links() throws {
        let query = "a=%41+b&page=2&per_page=50&page=9&c"
        let fields = try Self.fields(PageRequest(page: 2, size: 50), total: 150, count: 50, query: query)
        #expect(fields["X-Total-Count"] == "150")
        #expect(fields["X-Page"] == "2")
        let next = "</v1/things?a=%41+b&page=3&per_page=50&c>; rel=\"next\""
        let previous = "</v1/things?a=%41+b&page=1&per_page=50&c>; rel=\"prev\""
        #expect(fields["Link"] == "\(next), \(previous)")
    }

    @Test("adds the parameter where the query lacks it, at the end")
    func added() throws {
        let first = try Self.fields(PageRequest(page: 1, size: 2), total: 3, count: 2, query: "")
        #expect(first["Link"] == "</v1/things?page=2>; rel=\"next\"")
        let origin = "https://example.com"
        let other = try Self.fields(
            PageRequest(limit: 2, offset: 2), total: 9, count: 2, query: "q=x", style: "offset", origin: origin)
        #expect(
            other["Link"]
                == "<https://example.com/v1/things?q=x&offset=4>; rel=\"next\", <https://example.com/v1/things?q=x&offset=0>; rel=\"prev\""
        )
    }

    @Test("finds the parameter however it was encoded, and lets nothing break out of the link")
    func hostile() throws {
        let fields = try Self.fields(PageRequest(page: 1, size: 2), total: 3, count: 2, query: "p%61ge=1&x=\">,<y")
        #expect(fields["Link"] == "</v1/things?page=2&x=%22%3e,%3cy>; rel=\"next\"")
    }

    @Test("has no link if it is the only one, and no total if none was counted")
    func leftOut() throws {
        #expect(try Self.fields(PageRequest(page: 1, size: 2), total: nil, count: 1, query: "") == ["X-Page": "1"])
    }

    static let ends: [(PageResult, hasNext: Bool, hasPrevious: Bool, totalPages: Int?)] = [
        (PageResult(request: PageRequest(limit: 10, offset: 0), total: 10, count: 10), false, false, 1),
        (PageResult(request: PageRequest(limit: 10, offset: 0), total: 11, count: 10), true, false, 2),
        (PageResult(request: PageRequest(limit: 10, offset: 10), total: 11, count: 1), false, true, 2),
        (PageResult(request: PageRequest(limit: 10, offset: 10), total: nil, count: 10), true, true, nil),
        (PageResult(request: PageRequest(limit: 10, offset: 10), total: nil, count: 9), false, true, nil),
        (PageResult(request: PageRequest(limit: 0, offset: 0), total: 0, count: 0), false, false, nil),
        (PageResult(request: PageRequest(page: Int.max, size: 100), total: 5, count: 0), false, true, 1),
        (PageResult(request: PageRequest(limit: -1, offset: -1), total: nil, count: 0), false, false, nil),
    ]

    @Test("knows where the list ends", arguments: ends.indices)
    func knows(_ index: Int) {
        let (page, hasNext, hasPrevious, totalPages) = Self.ends[index]
        #expect(page.hasNext == hasNext)
        #expect(page.hasPrevious == hasPrevious)
        #expect(page.totalPages == totalPages)
    }
}
