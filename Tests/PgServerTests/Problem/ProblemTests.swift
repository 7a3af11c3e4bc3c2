import Testing

@testable import PgServer

@Suite("A problem made from a failed statement")
struct ProblemTests {
    struct Row: Sendable {
        var failure: SQLFailure
        var isSignedIn = true
        var status: Int
        var code: String
        var message: String?
        var retryAfterSeconds: Int?
    }

    static let sentences = [
        "users_email_key": ConstraintSentence(sentence: "This email is taken.", column: "email"),
        "orders_total_check": ConstraintSentence(sentence: "The total is negative.", column: nil),
    ]

    static func failure(_ state: String, _ change: (inout SQLFailure) -> Void = { _ in }) -> SQLFailure {
        var failure = SQLFailure(sqlState: state, message: "secret words", detail: "secret detail", hint: "secret hint")
        change(&failure)
        return failure
    }

    static let table: [Row] = [
        Row(
            failure: failure("23505") { $0.constraint = "users_email_key" }, status: 409, code: "users_email_key",
            message: "This email is taken."),
        Row(failure: failure("23503") { $0.constraint = "other_fkey" }, status: 409, code: "other_fkey"),
        Row(failure: failure("23P01") { $0.constraint = "no_overlap" }, status: 409, code: "no_overlap"),
        Row(
            failure: failure("23514") { $0.constraint = "orders_total_check" }, status: 422,
            code: "orders_total_check", message: "The total is negative."),
        Row(failure: failure("23502") { $0.column = "reference" }, status: 422, code: "reference"),
        Row(
            failure: SQLFailure(sqlState: "PT404", message: "not_found", detail: "No such order.", hint: "Look again."),
            status: 404, code: "not_found", message: "No such order."),
        Row(failure: SQLFailure(sqlState: "PT401", message: "session_ended"), status: 401, code: "session_ended"),
        Row(
            failure: SQLFailure(sqlState: "PT503", message: "unavailable", detail: "AAM models not configured"),
            status: 503, code: "unavailable", message: "AAM models not configured"),
        Row(failure: failure("22P02"), status: 400, code: "invalid_value"),
        Row(failure: failure("22003"), status: 400, code: "invalid_value"),
        Row(failure: failure("42501"), status: 403, code: "forbidden"),
        Row(failure: failure("42501"), isSignedIn: false, status: 401, code: "unauthenticated"),
        Row(failure: failure("57014"), status: 504, code: "too_slow"),
        Row(failure: failure("40001"), status: 503, code: "try_again", retryAfterSeconds: 1),
        Row(failure: failure("40P01"), status: 503, code: "try_again", retryAfterSeconds: 1),
        Row(failure: failure("08006"), status: 503, code: "try_again", retryAfterSeconds: 1),
        Row(failure: failure("53300"), status: 503, code: "try_again", retryAfterSeconds: 1),
        Row(failure: failure("XX000"), status: 500, code: "internal"),
        Row(failure: failure("42P01"), status: 500, code: "internal"),
        Row(failure: failure("P0001"), status: 500, code: "internal"),
        // PTnnn is for failures: anything else is a mistake of ours.
        Row(failure: failure("PT200"), status: 500, code: "internal"),
        Row(failure: failure("PT600"), status: 500, code: "internal"),
        Row(failure: failure("PTabc"), status: 500, code: "internal"),
        Row(failure: failure("PT-04"), status: 500, code: "internal"),
    ]

    @Test("follows the table of statuses and codes", arguments: table)
    func follows(_ row: Row) {
        let problem = Problem(failure: row.failure, isSignedIn: row.isSignedIn, sentences: Self.sentences)
        #expect(problem.status == row.status)
        #expect(problem.code == row.code)
        #expect(problem.message == row.message)
        #expect(problem.retryAfterSeconds == row.retryAfterSeconds)
        #expect(problem.hint == (row.failure.sqlState.hasPrefix("PT") && row.status != 500 ? row.failure.hint : nil))
    }

    @Test("names the field of a constraint that belongs to one")
    func constraintField() {
        let failure = Self.failure("23505") { $0.constraint = "users_email_key" }
        let problem = Problem(failure: failure, isSignedIn: true, sentences: Self.sentences)
        #expect(problem.faults == [Fault(field: "email", code: "users_email_key", message: "This email is taken.")])
    }

    @Test("keeps the domain whose rule a value broke, for whoever knows the parameter")
    func domain() {
        let failure = Self.failure("23514") {
            $0.dataType = "page_limit"
            $0.constraint = "page_limit_check"
        }
        var problem = Problem(failure: failure, isSignedIn: true, sentences: [:])
        #expect(problem.domain == "page_limit")
        problem.blame(field: "limit")
        #expect(problem.faults == [Fault(field: "limit", code: "page_limit_check", message: "is not valid")])
    }

    @Test("takes an empty field of what api.fail raised for none")
    func emptyFields() {
        let failure = SQLFailure(sqlState: "PT409", message: "FROZEN", detail: "", hint: "", column: "")
        #expect(
            Problem(failure: failure, isSignedIn: true, sentences: [:]) == Problem(status: 409, code: "FROZEN"))
    }

    @Test("reads the faults that api.invalid raised")
    func faults() {
        let failure = SQLFailure(
            sqlState: "PT422", message: "invalid",
            detail: #"[{"field": "a", "code": "x", "message": "must \"be\" é"}, "#
                + #"{"field":"b","code":"y","message":"z"}]"#)
        let problem = Problem(failure: failure, isSignedIn: true, sentences: [:])
        #expect(
            problem.faults == [
                Fault(field: "a", code: "x", message: "must \"be\" é"), Fault(field: "b", code: "y", message: "z"),
            ])
        #expect(problem.message == nil)
    }

    @Test("takes a detail that is no list of faults for a sentence", arguments: ["No.", "[1]", "[]", "{}", "[{]"])
    func sentence(_ detail: String) {
        let failure = SQLFailure(sqlState: "PT422", message: "invalid", detail: detail, column: "name")
        let problem = Problem(failure: failure, isSignedIn: true, sentences: [:])
        #expect(problem.message == detail)
        #expect(problem.faults == [Fault(field: "name", code: "invalid", message: detail)])
    }
}
