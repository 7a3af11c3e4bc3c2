import Testing

/// One of the five contracts, as its document writes answers. Base paths are those of the fixture `dialects.sql`.
struct Contract: Sendable, CustomTestStringConvertible {
    let name: String
    let base: String
    /// The members of every error body.
    let errorMembers: Set<String>
    /// Where the error's code stands; nil in a contract that has none.
    let codePath: String?
    let messagePath: String
    let requestIDPath: String?
    /// What stands in front of the request id, which is 32 hexadecimal digits where there are no hyphens.
    let requestIDPrefix: String
    let hasHyphens: Bool
    /// Where the list of faulty fields stands, and what its members are.
    let faultsPath: String
    let faultMembers: Set<String>
    let invalidStatus: Int
    /// By what went wrong: the code that stands in the body.
    let codes: [String: String]

    var testDescription: String { name }

    static let all = [autonomos, etl, auterity, autopack, orchestrator]

    static let autonomos = Contract(
        name: "autonomos", base: "/api/v1/dcl/sample", errorMembers: ["detail", "status_code", "trace_id"],
        codePath: nil, messagePath: "detail", requestIDPath: "trace_id", requestIDPrefix: "trace-", hasHyphens: true,
        faultsPath: "errors", faultMembers: ["field", "code", "message"], invalidStatus: 400, codes: [:])

    static let etl = Contract(
        name: "etl", base: "/api/v1/pipelines/sample", errorMembers: ["error"], codePath: "error.code",
        messagePath: "error.message", requestIDPath: "error.request_id", requestIDPrefix: "req_", hasHyphens: false,
        faultsPath: "error.details", faultMembers: ["field", "error"], invalidStatus: 400,
        codes: [
            "invalid": "VALIDATION_ERROR", "unauthenticated": "AUTHENTICATION_REQUIRED",
            "forbidden": "PERMISSION_DENIED", "not_found": "RESOURCE_NOT_FOUND", "rate_limited": "RATE_LIMIT_EXCEEDED",
            "internal": "INTERNAL_ERROR",
        ])

    static let auterity = Contract(
        name: "auterity", base: "/api/sample", errorMembers: ["error"], codePath: "error.code",
        messagePath: "error.message", requestIDPath: "error.request_id", requestIDPrefix: "req-", hasHyphens: true,
        faultsPath: "error.details", faultMembers: ["field", "issue"], invalidStatus: 422,
        codes: [
            "invalid": "VALIDATION_ERROR", "unauthenticated": "UNAUTHORIZED", "forbidden": "FORBIDDEN",
            "not_found": "NOT_FOUND", "rate_limited": "RATE_LIMITED", "internal": "INTERNAL_ERROR",
        ])

    static let autopack = Contract(
        name: "autopack", base: "/runs/sample", errorMembers: ["detail"], codePath: nil, messagePath: "detail",
        requestIDPath: nil, requestIDPrefix: "", hasHyphens: true, faultsPath: "errors",
        faultMembers: ["field", "code", "message"], invalidStatus: 400, codes: [:])

    static let orchestrator = Contract(
        name: "orchestrator", base: "/api/v1/sample", errorMembers: ["success", "error", "meta"],
        codePath: "error.code", messagePath: "error.message", requestIDPath: "meta.requestId", requestIDPrefix: "",
        hasHyphens: true, faultsPath: "error.validationErrors", faultMembers: ["field", "message", "code"],
        invalidStatus: 400,
        codes: [
            "invalid": "VALIDATION_ERROR", "unauthenticated": "UNAUTHORIZED", "forbidden": "FORBIDDEN",
            "not_found": "NOT_FOUND", "rate_limited": "RATE_LIMITED", "internal": "INTERNAL_ERROR",
        ])
}
