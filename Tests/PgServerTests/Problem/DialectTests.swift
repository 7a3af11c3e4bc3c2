import Testing

@testable import PgServer

@Suite("A dialect")
struct DialectTests {
    static let row = DialectRow(
        dialect: "demo", title: "Demo", prefixes: ["/"],
        successTemplate: #"{"success":true,"data":${body},"meta":{"requestId":${request_id}}}"#,
        errorTemplate:
            #"{"status":${status},"code":${code},"message":${message}[[hint:,"hint":${hint}]][[faults:,"faults":[${faults}]]],"id":${request_id},"at":${timestamp}[[retry_after:,"retry":${retry_after}]][[first_field:,"field":${first_field}]]}"#,
        faultTemplate: #"{"f":${field},"c":${code},"m":${message}}"#, faultSeparator: ",",
        requestIDForm: "req_${hex}", pageStyle: "page", pageParameter: "page", sizeParameter: "per_page",
        offsetParameter: "offset",
        pageTemplate: #"{${items_key}:${items},"total":${total},"page":${page},"next":${has_next}}"#,
        pageHeaders: #"{"X-Total-Count":"${total}","X-Page":"${page}","Link":"${link}"}"#, unknownFields: "ignore")

    static let problems =
        ProblemCode.allCases.map {
            ProblemRow(
                dialect: "demo", code: $0.rawValue, status: $0 == .invalid ? 422 : $0.status,
                publicCode: "P_" + $0.rawValue.uppercased(), message: $0 == .forbidden ? "Not for you." : nil)
        } + [ProblemRow(dialect: "demo", code: "order_taken", status: 418, publicCode: "TAKEN", message: nil)]

    static let id = RequestID(high: 1, low: 2)

    static func body(_ problem: Problem) throws -> (RenderedProblem, String) {
        var out: [UInt8] = []
        let rendered = try Dialect(row, problems: problems)
            .render(problem, requestID: id, timestampMilliseconds: 0, into: &out)
        return (rendered, String(decoding: out, as: UTF8.self))
    }

    @Test("prints every internal code as JSON", arguments: ProblemCode.allCases)
    func prints(_ code: ProblemCode) throws {
        let (rendered, body) = try Self.body(Problem(code))
        #expect(rendered.status == (code == .invalid ? 422 : code.status))
        #expect(rendered.code == "P_" + code.rawValue.uppercased())
        #expect(rendered.message == (code == .forbidden ? "Not for you." : code.sentence))
        #expect(isJSON(Array(body.utf8)))
    }

    @Test("prints a problem with all its parts")
    func full() throws {
        let problem = Problem(
            status: 422, code: "invalid", hint: "Try \"1\".",
            faults: [
                Fault(field: "limit", code: "out_of_range", message: "must be at least 1"),
                Fault(field: "x\n", code: "y", message: "z"),
            ], retryAfterSeconds: 5)
        let (_, body) = try Self.body(problem)
        #expect(
            body
                == #"{"status":422,"code":"P_INVALID","message":"limit must be at least 1","hint":"Try \"1\".","#
                + #""faults":[{"f":"limit","c":"out_of_range","m":"must be at least 1"},{"f":"x\n","c":"y","m":"z"}],"#
                + #""id":"req_00000000000000010000000000000002","at":"1970-01-01T00:00:00.000Z","retry":5,"#
                + #""field":"limit"}"#)
    }

    static let precedence: [(Problem, Int, String, String)] = [
        // The row for the very code decides, but keeps the raised sentence if it has none.
        (Problem(status: 409, code: "order_taken", message: "Gone."), 418, "TAKEN", "Gone."),
        (Problem(status: 403, code: "forbidden", message: "Raised."), 403, "P_FORBIDDEN", "Not for you."),
        // No row: the raised status, and the contract's name for it.
        (Problem(status: 404, code: "no_such_order", message: "No."), 404, "P_NOT_FOUND", "No."),
        (Problem(status: 409, code: "orders_key"), 409, "P_CONFLICT", ProblemCode.conflict.sentence),
        (Problem(status: 400, code: "invalid_value"), 400, "P_INVALID", ProblemCode.invalid.sentence),
        (Problem(status: 403, code: "other"), 403, "P_FORBIDDEN", "Not for you."),
        (Problem(status: 599, code: "other"), 599, "P_INTERNAL", ProblemCode.internal.sentence),
        // Capitals are meant for the client.
        (Problem(status: 409, code: "PROMOTION_BLOCKED"), 409, "PROMOTION_BLOCKED", ProblemCode.conflict.sentence),
        (Problem(status: 409, code: "Mixed_Case"), 409, "P_CONFLICT", ProblemCode.conflict.sentence),
    ]

    @Test("decides what a contract's rows say first", arguments: precedence)
    func decides(_ problem: Problem, _ status: Int, _ code: String, _ message: String) throws {
        let rendered = try Dialect(Self.row, problems: Self.problems).resolve(problem)
        #expect(rendered == RenderedProblem(status: status, code: code, message: message))
    }

    @Test("is refused if an internal code has no row", arguments: ProblemCode.allCases)
    func incomplete(_ code: ProblemCode) {
        let expected = DialectError("demo", "problem \(code.rawValue) has no row")
        #expect(throws: expected) {
            try Dialect(Self.row, problems: Self.problems.filter { $0.code != code.rawValue })
        }
    }

    static let broken: [@Sendable (inout DialectRow) -> Void] = [
        { $0.errorTemplate = "${body}" }, { $0.faultTemplate = "${status}" }, { $0.successTemplate = "${x}" },
        { $0.pageTemplate = "${link}" }, { $0.pageStyle = "cursor" }, { $0.unknownFields = "maybe" },
        { $0.requestIDForm = "\"" }, { $0.pageHeaders = "[]" }, { $0.pageHeaders = #"{"A:":"x"}"# },
        { $0.pageHeaders = #"{"A":1}"# }, { $0.pageHeaders = #"{"A":"x\r\ny"}"# },
    ]

    @Test("is refused if it cannot be printed", arguments: broken.indices)
    func refuses(_ index: Int) {
        var row = Self.row
        Self.broken[index](&row)
        let error = #expect(throws: DialectError.self) { try Dialect(row, problems: Self.problems) }
        #expect(error?.sentence.hasPrefix("Dialect demo: ") == true)
    }

    @Test("puts the body, untouched, between fixed bytes")
    func success() throws {
        let dialect = try Dialect(Self.row, problems: Self.problems)
        var out: [UInt8] = []
        dialect.renderSuccess(
            body: Array(#"{"a" : 1}"#.utf8).span, requestID: Self.id, timestampMilliseconds: 0, into: &out)
        let expected =
            #"{"success":true,"data":{"a" : 1},"meta":{"requestId":"req_00000000000000010000000000000002"}}"#
        #expect(String(decoding: out, as: UTF8.self) == expected)
        #expect(!Dialect.isBare(dialect.success))
        #expect(try Dialect.isBare(Dialect.successTemplate(parsing: "${body}")))
    }

    @Test("prints what a route says while PostgreSQL cannot be asked")
    func unavailable() throws {
        let dialect = try Dialect(Self.row, problems: Self.problems)
        let template = try Dialect.unavailableTemplate(parsing: #"{"ready":false,"at":${timestamp}}"#)
        var out: [UInt8] = []
        dialect.renderUnavailable(template, requestID: Self.id, timestampMilliseconds: 0, into: &out)
        #expect(String(decoding: out, as: UTF8.self) == #"{"ready":false,"at":"1970-01-01T00:00:00.000Z"}"#)
        #expect(throws: TemplateError.self) { try Dialect.unavailableTemplate(parsing: "${body}") }
    }
}
