import Testing

@testable import PgServer

@Suite("A plan of a call")
struct CallPlanTests {
    static func parameter(
        _ name: String, _ source: String = "body", _ change: (inout ParameterRow) -> Void = { _ in }
    ) throws -> Parameter {
        var row = ParameterRow(name: name, sqlType: "text", kind: "text", source: source, sourceName: name)
        change(&row)
        return try Parameter(row, captureNames: ["id"])
    }

    static let statements: [(CallPlan.Returns, String)] = [
        (.json, #"SELECT coalesce(s.f("a""b" => $1::text, "id" => $2::text), NULL::json)"#),
        (.jsonb, #"SELECT coalesce(s.f("a""b" => $1::text, "id" => $2::text), NULL::jsonb)"#),
        (.text, #"SELECT coalesce(s.f("a""b" => $1::text, "id" => $2::text), NULL::text)"#),
        (.bytes, #"SELECT coalesce(s.f("a""b" => $1::text, "id" => $2::text), NULL::bytea)"#),
        (.void, #"SELECT s.f("a""b" => $1::text, "id" => $2::text)"#),
        (
            .reply,
            "SELECT r.status, r.headers, r.content_type, r.body, r.bytes, r.tokens"
                + #" FROM s.f("a""b" => $1::text, "id" => $2::text) AS r"#
        ),
        (.page, #"SELECT r.items, r.total, r.item_count FROM s.f("a""b" => $1::text, "id" => $2::text) AS r"#),
    ]

    @Test("has the statement that what the function returns asks for", arguments: statements)
    func sql(_ returns: CallPlan.Returns, _ expected: String) throws {
        let parameters = [try Self.parameter("a\"b"), try Self.parameter("id", "path")]
        let plan = try CallPlan(
            callName: "s.f", returns: returns, parameters: parameters, refusesUnknownFields: false)
        #expect(plan.calls.map(\.sql) == [expected])
    }

    @Test("is refused where a request could not be told apart")
    func refused() throws {
        let clashes: [[Parameter]] = [
            [try Self.parameter("a"), try Self.parameter("b") { $0.sourceName = "a" }],
            [try Self.parameter("a"), try Self.parameter("body", "whole_body")],
            try (0...CallPlan.omissibleCountMax).map { index in
                try Self.parameter("p\(index)") {
                    $0.isRequired = false
                    $0.hasDefault = true
                }
            },
        ]
        for parameters in clashes {
            #expect(throws: BindingError.self) {
                try CallPlan(callName: "s.f", returns: .json, parameters: parameters, refusesUnknownFields: false)
            }
        }
    }

    static let broken: [@Sendable (inout ParameterRow) -> Void] = [
        { $0.kind = "money" }, { $0.source = "cookie" }, { $0.source = "path" }, { $0.elementKind = "array" },
        { $0.elementKind = "x" }, { $0.minimum = "a" }, { $0.maximum = "1;" },
        {
            $0.source = "whole_body"
            $0.kind = "int4"
        },
    ]

    @Test("is made of parameters it knows how to read", arguments: broken.indices)
    func refusesParameter(_ index: Int) {
        let error = #expect(throws: BindingError.self) { try Self.parameter("p", "body", Self.broken[index]) }
        #expect(error?.sentence.hasPrefix("Parameter p: ") == true)
    }

    @Test("reads back which page was asked for")
    func page() throws {
        func parameter(_ name: String, _ value: String) throws -> Parameter {
            try Self.parameter(name, "query") {
                $0.kind = "int4"
                $0.isRequired = false
                $0.hasDefault = true
                $0.defaultIsConstant = true
                $0.defaultText = value
            }
        }
        let nothing: [UInt8] = []
        func request(_ names: [(String, String)], _ query: String) throws -> PageRequest {
            let plan = try CallPlan(
                callName: "s.f", returns: .page, parameters: names.map { try parameter($0.0, $0.1) },
                refusesUnknownFields: false)
            var binder = Binder()
            var arguments = ArgumentBuffer()
            let call = try binder.bind(
                plan, path: nothing.span, captures: Captures(), query: Array(query.utf8).span, body: nothing.span,
                contentType: nothing.span, header: { _ in nil }, server: { _ in nil }, into: &arguments)
            return plan.pageRequest(
                call: call, arguments: arguments, pageParameter: "page", sizeParameter: "limit",
                offsetParameter: "offset", itemCount: 7)
        }
        #expect(try request([("limit", "20"), ("page", "1")], "page=3") == PageRequest(limit: 20, offset: 40))
        let byOffset = try request([("limit", "100"), ("offset", "0")], "limit=5&offset=9")
        #expect(byOffset == PageRequest(limit: 5, offset: 9))
        #expect(try request([("limit", "100")], "") == PageRequest(limit: 100, offset: 0))
        #expect(try request([("x", "1")], "") == PageRequest(limit: 7, offset: 0))
    }
}
