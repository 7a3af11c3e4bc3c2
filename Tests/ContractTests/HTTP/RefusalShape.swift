import Testing

/// How one contract writes its refusals, and a path that is its own.
struct RefusalShape: Sendable, CustomTestStringConvertible {
    var name: String
    /// Has one route, `POST`, that raises the code it is told.
    var path: String
    /// Where the status, the contract's own code and the request id stand in the body; nil if nowhere.
    var status: String?
    var code: String?
    var message: String
    var requestID: String?

    var testDescription: String { name }

    static let all = [
        RefusalShape(
            name: "autonomos", path: "/api/v1/dcl/probe", status: "status_code", code: nil, message: "detail",
            requestID: "trace_id"),
        RefusalShape(
            name: "etl", path: "/api/v1/pipelines/probe", status: nil, code: "error.code", message: "error.message",
            requestID: "error.request_id"),
        RefusalShape(
            name: "auterity", path: "/api/probe", status: nil, code: "error.code", message: "error.message",
            requestID: "error.request_id"),
        RefusalShape(name: "autopack", path: "/runs/probe", status: nil, code: nil, message: "detail", requestID: nil),
        RefusalShape(
            name: "orchestrator", path: "/api/v1/probe", status: nil, code: "error.code", message: "error.message",
            requestID: "meta.requestId"),
        RefusalShape(
            name: "server", path: "/probe/refusal", status: "status_code", code: nil, message: "detail",
            requestID: nil),
    ]

    /// Expects a refusal with that status, in this contract's shape and no other one's.
    func expect(
        _ response: HTTPResponse, _ expected: Int, _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(response.status == expected, comment, sourceLocation: sourceLocation)
        #expect(response.header("Content-Type") == "application/json", comment, sourceLocation: sourceLocation)
        #expect(response.header("X-Request-Id") != nil, comment, sourceLocation: sourceLocation)
        let message = try response.member(self.message) as? String
        #expect(message?.isEmpty == false, comment, sourceLocation: sourceLocation)
        if let status {
            #expect(try response.member(status) as? Int == expected, comment, sourceLocation: sourceLocation)
        }
        if let code {
            let text = try response.member(code) as? String
            #expect(text?.contains(/^[A-Z_]+$/) == true, comment, sourceLocation: sourceLocation)
        }
        if let requestID {
            #expect(try response.member(requestID) is String, comment, sourceLocation: sourceLocation)
        }
        let other = Self.all.filter { $0.message != self.message }.first
        if let other { #expect(try response.member(other.message) == nil, comment, sourceLocation: sourceLocation) }
        if name == "orchestrator" {
            #expect(try response.member("success") as? Bool == false, comment, sourceLocation: sourceLocation)
        }
    }
}
