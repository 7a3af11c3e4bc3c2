import Testing

@testable import PgServer

@Suite("Binding a request")
struct BinderTests {
    /// A request, in as few words as a test needs.
    struct Request {
        var path = "/"
        var pattern = "/"
        var query = ""
        var body = ""
        var contentType = "application/json"
        var headers: [String: String] = [:]
        var state: [String: String] = [:]
    }

    static func row(
        _ name: String, _ kind: String, _ source: String = "body", _ change: (inout ParameterRow) -> Void = { _ in }
    ) -> ParameterRow {
        var row = ParameterRow(name: name, sqlType: kind, kind: kind, source: source, sourceName: name)
        change(&row)
        return row
    }

    static func optional(_ row: inout ParameterRow) {
        row.isRequired = false
        row.isNullable = true
        row.hasDefault = true
        row.defaultIsConstant = true
    }

    static func plan(
        _ rows: [ParameterRow], pattern: String = "/", refusesUnknownFields: Bool = false
    ) throws -> CallPlan {
        let names = try RoutePattern(parsing: pattern).captureNames
        return try CallPlan(
            callName: "demo.call", returns: .json, parameters: rows.map { try Parameter($0, captureNames: names) },
            refusesUnknownFields: refusesUnknownFields)
    }

    /// The values bound, or the faults as `field code message`.
    static func bind(
        _ rows: [ParameterRow], _ request: Request, refusesUnknownFields: Bool = false
    ) throws -> (call: Int, values: [String?]) {
        let plan = try plan(rows, pattern: request.pattern, refusesUnknownFields: refusesUnknownFields)
        let pattern = try RoutePattern(parsing: request.pattern)
        let table = try RouteTable(
            [RouteTable.Route(method: .get, pattern: pattern, dialect: 0)], prefixes: [("/", 0)])
        var captures = Captures()
        let path = Array(request.path.utf8)
        _ = table.match(.get, path.span, into: &captures)
        var binder = Binder()
        var arguments = ArgumentBuffer()
        let call = try binder.bind(
            plan, path: path.span, captures: captures, query: Array(request.query.utf8).span,
            body: Array(request.body.utf8).span, contentType: Array(request.contentType.utf8).span,
            header: { name in request.headers[name].map { Array($0.utf8) } },
            server: { name in request.state[name].map { Array($0.utf8) } }, into: &arguments)
        let values = (0..<arguments.count).map { index in
            arguments.range(of: index).map { range in
                #expect(arguments.bytes[range.upperBound] == 0)
                return String(decoding: arguments.bytes[range], as: UTF8.self)
            }
        }
        #expect(plan.calls[call].argumentIndices.compactMap(\.self).count == values.count)
        return (call, values)
    }

    static func faults(
        _ rows: [ParameterRow], _ request: Request, refusesUnknownFields: Bool = false
    ) throws -> [String] {
        do {
            let (_, values) = try bind(rows, request, refusesUnknownFields: refusesUnknownFields)
            Issue.record("bound \(values)")
            return []
        } catch let problem as Problem {
            return problem.faults.map { "\($0.field) \($0.code) \($0.message)" }
        }
    }

    // MARK: What is accepted

    static let bodies: [(String, String, String?)] = [
        ("text", #""a\u00e9\n""#, "aé\n"), ("text", #""""#, ""), ("int2", "-32768", "-32768"),
        ("int4", "2147483647", "2147483647"), ("int4", "3.0", "3"), ("int8", "1e3", "1000"), ("int8", "-0", "0"),
        ("numeric", "1.50", "1.50"), ("numeric", "1e400", "1e400"), ("float", "-1.7e308", "-1.7e308"),
        ("float", "4.9e-324", "4.9e-324"), ("bool", "true", "true"), ("bool", "false", "false"),
        ("uuid", #""01234567-89AB-cdef-0123-456789abcdef""#, "01234567-89AB-cdef-0123-456789abcdef"),
        ("date", #""2024-02-29""#, "2024-02-29"), ("timestamptz", #""2024-02-29T00:00:00Z""#, "2024-02-29T00:00:00Z"),
        ("json", #"{"a": [1, "x"]}"#, #"{"a": [1, "x"]}"#), ("json", #""s""#, #""s""#), ("json", "1", "1"),
        ("other", #""1 day""#, "1 day"), ("other", "12", "12"), ("bytea", #""aGk=""#, "hi"),
    ]

    @Test("takes a member of the body", arguments: bodies)
    func body(_ kind: String, _ json: String, _ expected: String?) throws {
        let bound = try Self.bind([Self.row("p", kind)], Request(body: #" { "x":0, "\u0070" : \#(json) } "#))
        #expect(bound.values == [expected])
    }

    static let queries: [(String, String, String?)] = [
        ("text", "a%20b+c%C3%A9", "a b cé"), ("text", "", ""), ("int4", "-7", "-7"), ("int4", "007", "7"),
        ("numeric", "0012.5", "0012.5"), ("bool", "True", "true"), ("bool", "1", "true"), ("bool", "0", "false"),
        ("timestamptz", "2024-02-29T00:00:00%2B01:00", "2024-02-29T00:00:00+01:00"),
        ("json", "%7B%22a%22:1%7D", #"{"a":1}"#),
        ("date", "2024-02-29", "2024-02-29"), ("other", "1+day", "1 day"),
    ]

    @Test("takes a field of the query, decoded", arguments: queries)
    func takesQuery(_ kind: String, _ text: String, _ expected: String?) throws {
        let bound = try Self.bind([Self.row("p", kind, "query")], Request(query: "q=1&%70=\(text)&z"))
        #expect(bound.values == [expected])
    }

    @Test("takes the path, headers and what the server knows, in the order of the parameters")
    func sources() throws {
        let rows = [
            Self.row("key", "text", "header") { $0.sourceName = "idempotency-key" },
            Self.row("id", "text", "path"), Self.row("state", "json", "server"), Self.row("n", "int4", "query"),
        ]
        let request = Request(
            path: "/a/x%2By+z:run", pattern: "/a/{id}:run", query: "n=4", headers: ["idempotency-key": "k"],
            state: ["state": #"{"ok":true}"#])
        #expect(try Self.bind(rows, request).values == ["k", "x+y+z", #"{"ok":true}"#, "4"])
    }

    @Test("takes the whole body", arguments: [("json", "{ \"a\":1 }\n"), ("text", "plain é"), ("bytea", "\u{1}\u{2}")])
    func whole(_ kind: String, _ body: String) throws {
        let type = kind == "json" ? "application/vnd.x+json; charset=utf-8" : "application/octet-stream"
        let bound = try Self.bind([Self.row("body", kind, "whole_body")], Request(body: body, contentType: type))
        #expect(bound.values == [body])
    }

    static let arrays: [(String, String, String)] = [
        ("text", #"["a","b \"c\" \\ {,}",null,""]"#, #"{"a","b \"c\" \\ {,}",NULL,""}"#), ("int4", "[1, 2.0]", "{1,2}"),
        ("bool", "[true,false]", "{true,false}"), ("text", "[]", "{}"), ("text", #"["NULL"]"#, #"{"NULL"}"#),
        ("json", #"[{"a":"b"},1]"#, #"{"{\"a\":\"b\"}","1"}"#), ("bytea", #"["aGk="]"#, #"{"\\x6869"}"#),
        ("uuid", #"["01234567-89ab-cdef-0123-456789abcdef"]"#, #"{"01234567-89ab-cdef-0123-456789abcdef"}"#),
    ]

    @Test("turns a JSON array into an array literal", arguments: arrays)
    func array(_ element: String, _ json: String, _ expected: String) throws {
        let row = Self.row("p", "array") { $0.elementKind = element }
        #expect(try Self.bind([row], Request(body: #"{"p":\#(json)}"#)).values == [expected])
    }

    @Test("turns repeated fields and commas of a query into an array literal")
    func queryArray() throws {
        let row = Self.row("p", "array", "query") { $0.elementKind = "text" }
        let request = Request(query: "p=a,b&q=1&p=c%2Cd&p=&p=,e")
        #expect(try Self.bind([row], request).values == [#"{"a","b","c,d","e"}"#])
    }

    // MARK: What is absent

    @Test("binds a constant default, and leaves out one that PostgreSQL must compute")
    func defaults() throws {
        let rows = [
            Self.row("a", "int4") {
                Self.optional(&$0)
                $0.defaultText = "100"
            },
            Self.row("b", "text") {
                Self.optional(&$0)
                $0.defaultIsConstant = false
            },
            Self.row("c", "text", "body", Self.optional),
            Self.row("d", "text") {
                Self.optional(&$0)
                $0.defaultIsConstant = false
            },
        ]
        #expect(try Self.bind(rows, Request()).values == ["100", nil])
        #expect(try Self.bind(rows, Request()).call == 3)
        let bound = try Self.bind(rows, Request(body: #"{"d":"x"}"#))
        #expect(bound.call == 1)
        #expect(bound.values == ["100", nil, "x"])
        let plan = try Self.plan(rows)
        #expect(plan.calls.count == 4)
        #expect(
            plan.calls[0].sql
                == #"SELECT coalesce(demo.call("a" => $1::int4, "b" => $2::text, "c" => $3::text, "d" => $4::text), NULL::json)"#
        )
        #expect(
            plan.calls[1].sql
                == #"SELECT coalesce(demo.call("a" => $1::int4, "c" => $2::text, "d" => $3::text), NULL::json)"#)
        #expect(plan.calls[3].argumentIndices == [0, nil, 1, nil])
    }

    @Test("takes null for NULL where that is allowed, and for nothing where it is not")
    func null() throws {
        let nullable = Self.row("p", "text") { $0.isNullable = true }
        #expect(try Self.bind([nullable], Request(body: #"{"p":null}"#)).values == [nil])
        #expect(try Self.faults([nullable], Request()) == ["p required is required"])
        let firm = Self.row("p", "text") {
            Self.optional(&$0)
            $0.isNullable = false
            $0.defaultText = "d"
        }
        #expect(try Self.bind([firm], Request(body: #"{"p":null}"#)).values == ["d"])
        #expect(try Self.faults([Self.row("p", "text")], Request(body: #"{"p":null}"#)) == ["p required is required"])
    }

    @Test("takes an empty value of a query for none, unless it is text")
    func emptyQuery() throws {
        let rows = [Self.row("n", "int4", "query", Self.optional), Self.row("t", "text", "query", Self.optional)]
        #expect(try Self.bind(rows, Request(query: "n=&t=")).values == [nil, ""])
    }

    // MARK: What is refused

    static let refusedBodies: [(String, String, String)] = [
        ("text", "1", "invalid_type must be a string"), ("text", "true", "invalid_type must be a string"),
        ("text", "{}", "invalid_type must be a string"), ("int4", #""1""#, "invalid_type must be an integer"),
        ("int4", "1.5", "invalid_type must be an integer"), ("int4", "true", "invalid_type must be an integer"),
        ("int2", "32768", "out_of_range is out of range"), ("int4", "-2147483649", "out_of_range is out of range"),
        ("int8", "9223372036854775808", "out_of_range is out of range"),
        ("int8", "1e999999999999", "out_of_range is out of range"),
        ("numeric", #""1""#, "invalid_type must be a number"), ("numeric", "1e131073", "out_of_range is out of range"),
        ("numeric", "1e-16384", "out_of_range is out of range"), ("float", "1e310", "out_of_range is out of range"),
        ("float", "1e-400", "out_of_range is out of range"), ("bool", "1", "invalid_type must be true or false"),
        ("bool", #""true""#, "invalid_type must be true or false"), ("uuid", #""x""#, "malformed must be a UUID"),
        ("uuid", #""0123456789abcdef0123456789abcdef0123""#, "malformed must be a UUID"),
        ("uuid", "1", "invalid_type must be a string"),
        ("date", #""2023-02-29""#, "malformed must be a date, such as 2025-01-31"),
        (
            "timestamptz", #""2023-02-28T00:00:00""#,
            "malformed must be a date and time with a zone, such as 2025-01-31T12:00:00Z"
        ),
        ("bytea", #""?""#, "malformed must be base64"), ("array", "1", "invalid_type must be an array"),
        ("array", "{}", "invalid_type must be an array"), ("other", "[]", "invalid_type must be a string or a number"),
    ]

    @Test("refuses a member of the wrong type, with its name", arguments: refusedBodies)
    func refusedBody(_ kind: String, _ json: String, _ expected: String) throws {
        #expect(try Self.faults([Self.row("p", kind)], Request(body: #"{"p":\#(json)}"#)) == ["p " + expected])
    }

    static let refusedQueries: [(String, String, String)] = [
        ("int4", "p=a", "p invalid_type must be an integer"), ("int4", "p=1.5", "p invalid_type must be an integer"),
        ("int4", "p=+1", "p invalid_type must be an integer"), ("int4", "p=0x1", "p invalid_type must be an integer"),
        ("int4", "p=--1", "p invalid_type must be an integer"), ("int4", "p=-", "p invalid_type must be an integer"),
        ("int4", "", "p required is required"), ("int4", "p", "p required is required"),
        ("int4", "p=1&p=2", "p duplicate is given more than once"),
        ("float", "p=NaN", "p invalid_type must be a number"),
        ("float", "p=.5", "p invalid_type must be a number"),
        ("float", "p=Infinity", "p invalid_type must be a number"),
        ("bool", "p=yes", "p invalid_type must be true or false"), ("text", "p=%", "p malformed is not well encoded"),
        ("text", "p=%4", "p malformed is not well encoded"), ("text", "p=%GG", "p malformed is not well encoded"),
        ("text", "p=%00", "p malformed must be text without the character U+0000"),
        ("text", "p=%FF", "p malformed must be text without the character U+0000"),
        ("json", "p={", "p malformed must be JSON"), ("json", "p=%22%5Cu0000%22", "p malformed must be JSON"),
        ("uuid", "p=1", "p malformed must be a UUID"),
    ]

    @Test("refuses a field of the query that does not fit, with its name", arguments: refusedQueries)
    func refusedQuery(_ kind: String, _ query: String, _ expected: String) throws {
        #expect(try Self.faults([Self.row("p", kind, "query")], Request(query: query)) == [expected])
    }

    static let bounds: [(String, String?)] = [
        ("0", "must be at least 1"), ("1", nil), ("1000", nil), ("1001", "must be at most 1000"),
        ("-99999999999999999999", "must be at least 1"), ("99999999999999999999", "must be at most 1000"),
    ]

    @Test("names the bound a number is past", arguments: bounds, ["int2", "int4", "int8", "numeric"])
    func namesBound(_ bound: (String, String?), _ kind: String) throws {
        let row = Self.row("limit", kind, "query") {
            $0.minimum = "1"
            $0.maximum = "1000"
        }
        let request = Request(query: "limit=\(bound.0)")
        if let message = bound.1 {
            #expect(try Self.faults([row], request) == ["limit out_of_range \(message)"])
        } else {
            #expect(try Self.bind([row], request).values == [bound.0])
        }
    }

    @Test("counts characters, not bytes")
    func lengths() throws {
        let row = Self.row("p", "text") {
            $0.minLength = 1
            $0.maxLength = 3
        }
        #expect(try Self.bind([row], Request(body: #"{"p":"é😀é"}"#)).values == ["é😀é"])
        #expect(try Self.faults([row], Request(body: #"{"p":""}"#)) == ["p too_short must have at least 1 character"])
        let tooLong = try Self.faults([row], Request(body: #"{"p":"abcd"}"#))
        #expect(tooLong == ["p too_long must have at most 3 characters"])
    }

    @Test("lists the values to choose from", arguments: ["enum", "text"])
    func choices(_ kind: String) throws {
        let row = Self.row("p", kind) { $0.enumValues = ["day", "week"] }
        #expect(try Self.bind([row], Request(body: #"{"p":"week"}"#)).values == ["week"])
        let faults = try Self.faults([row], Request(body: #"{"p":"Week"}"#))
        #expect(faults == ["p not_one_of must be one of: day, week"])
    }

    @Test("tells all faults at once, elements by their index")
    func several() throws {
        let rows = [
            Self.row("a", "int4"), Self.row("b", "text"), Self.row("c", "array") { $0.elementKind = "int4" },
            Self.row("q", "bool", "query"),
        ]
        let request = Request(query: "q=x&y=1", body: #"{"a":"1","c":[1,"x",null,2.5],"z":1,"b":"1","b":"2"}"#)
        #expect(
            try Self.faults(rows, request, refusesUnknownFields: true) == [
                "y unknown_field is not a known field", "b duplicate is given more than once",
                "z unknown_field is not a known field", "a invalid_type must be an integer",
                "c[1] invalid_type must be an integer", "c[3] invalid_type must be an integer",
                "q invalid_type must be true or false",
            ])
    }

    @Test("ignores unknown fields where the contract does")
    func unknown() throws {
        let request = Request(query: "x=1", body: #"{"p":"a","y":{}}"#)
        #expect(try Self.bind([Self.row("p", "text")], request).values == ["a"])
    }

    @Test("bounds the number of faults")
    func many() throws {
        let members = (0..<10_000).map { "\"k\($0)\":1" }.joined(separator: ",")
        let faults = try Self.faults(
            [Self.row("p", "text")], Request(body: "{\(members)}"), refusesUnknownFields: true)
        #expect(faults.count == Problem.faultCountMax)
    }

    static let unreadable: [(String, String, ProblemCode)] = [
        ("{", "application/json", .malformedRequest), ("{\"p\":1}x", "application/json", .malformedRequest),
        (" ", "application/json", .malformedRequest), ("[1]", "application/json", .invalid),
        ("\"p\"", "application/json", .invalid), (#"{"p":"\u0000"}"#, "application/json", .invalid),
        ("{}", "text/plain", .unsupportedMediaType), ("{}", "application/x-json", .unsupportedMediaType),
        ("p=1", "application/x-www-form-urlencoded", .unsupportedMediaType), ("{}", "json", .unsupportedMediaType),
    ]

    @Test("refuses a body it cannot read", arguments: unreadable, ["body", "whole_body"])
    func refusesBody(_ body: (String, String, ProblemCode), _ source: String) throws {
        let rows = [Self.row("p", source == "body" ? "text" : "json", source)]
        let request = Request(body: body.0, contentType: body.1)
        if source == "whole_body", ["[1]", "\"p\""].contains(body.0) {
            #expect(try Self.bind(rows, request).values == [body.0])  // JSON, if no object
        } else {
            let problem = #expect(throws: Problem.self) { try Self.bind(rows, request) }
            #expect(problem?.code == body.2.rawValue)
        }
    }

    @Test("takes a body without a type for JSON")
    func untyped() throws {
        #expect(try Self.bind([Self.row("p", "text")], Request(body: #"{"p":"a"}"#, contentType: "")).values == ["a"])
    }

    @Test("leaves nothing of one request for the next")
    func reused() throws {
        let plan = try Self.plan([Self.row("p", "text")])
        let nothing: [UInt8] = []
        var binder = Binder()
        var arguments = ArgumentBuffer()
        for (body, isBound) in [(#"{"p":"first"}"#, true), (#"{"p":1}"#, false), ("{}", false), (#"{"p":"x"}"#, true)] {
            do {
                _ = try binder.bind(
                    plan, path: nothing.span, captures: Captures(), query: nothing.span, body: Array(body.utf8).span,
                    contentType: nothing.span, header: { _ in nil }, server: { _ in nil }, into: &arguments)
                #expect(isBound)
                #expect(arguments.count == 1)
            } catch {
                #expect(!isBound)
                #expect(error.faults.count == 1)
            }
        }
        #expect(arguments.bytes == Array("x\0".utf8))
    }

    @Test("survives a body cut at any byte")
    func truncated() throws {
        let body = #"{"a":[1,2],"t":"\ud83d\ude00é","j":{"x":[null]}}"#
        let rows = [
            Self.row("a", "array") { $0.elementKind = "int4" }, Self.row("t", "text"), Self.row("j", "json"),
        ]
        #expect(try Self.bind(rows, Request(body: body)).values == ["{1,2}", "😀é", #"{"x":[null]}"#])
        for count in 1..<body.utf8.count {
            let cut = String(decoding: Array(body.utf8.prefix(count)), as: UTF8.self)
            #expect(throws: Problem.self) { try Self.bind(rows, Request(body: cut)) }
        }
    }
}
