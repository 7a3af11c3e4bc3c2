/// A failure on its way to a client: what went wrong, in no contract's words yet. A ``Dialect`` prints it.
struct Problem: Error, Equatable, Sendable {
    var status: Int
    /// An internal code such as `not_found`, the name of a constraint, or whatever our SQL raised.
    var code: String
    /// Nil leaves the sentence to the dialect.
    var message: String?
    var hint: String?
    var faults: [Fault]
    var retryAfterSeconds: Int?
    /// The column PostgreSQL or our SQL named, which is the field the client sent.
    var column: String?
    /// Whether PostgreSQL itself found a value wrong: a contract then answers as for any invalid input.
    var isInvalidValue = false
    /// The domain whose rule a value broke outside any table, such as `page_limit`: the caller knows its parameter.
    var domain: String?

    init(
        status: Int, code: String, message: String? = nil, hint: String? = nil, faults: [Fault] = [],
        retryAfterSeconds: Int? = nil, column: String? = nil, domain: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.faults = faults
        self.retryAfterSeconds = retryAfterSeconds
        self.column = column
        self.domain = domain
    }

    init(_ code: ProblemCode, message: String? = nil, faults: [Fault] = [], retryAfterSeconds: Int? = nil) {
        self.init(
            status: code.status, code: code.rawValue, message: message, faults: faults,
            retryAfterSeconds: retryAfterSeconds)
    }

    /// Names the field a broken domain belongs to, once the caller has found the parameter of that domain.
    mutating func blame(field: String) {
        column = field
        faults = [Fault(field: field, code: code, message: message ?? "is not valid")]
    }
}
