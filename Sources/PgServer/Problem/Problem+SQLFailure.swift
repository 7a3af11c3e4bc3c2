extension Problem {
    /// How long a client should wait before it repeats a request that met a deadlock, a lost connection or a full server.
    static let tryAgainSeconds = 1
    /// The code of a value PostgreSQL could not read or compute with (class `22`).
    static let invalidValueCode = "invalid_value"

    /// Turns what PostgreSQL reported into a problem. This is the one place that does.
    ///
    /// PostgreSQL's own words never go along, because they may hold values of other rows or the text of statements;
    /// only those of `PTnnn`, which our SQL wrote for the client, do.
    ///
    /// - Parameter sentences: What to say when a constraint refuses a row, by the constraint's name.
    init(failure: SQLFailure, isSignedIn: Bool, sentences: [String: ConstraintSentence]) {
        switch SQLState(failure.sqlState) {
        case .conflict:
            self.init(status: 409, constraintOf: failure, or: .conflict, sentences: sentences)
        case .checkViolation:
            self.init(status: 422, constraintOf: failure, or: .invalid, sentences: sentences)
            isInvalidValue = true
        case .notNullViolation:
            guard let column = failure.column else {
                self.init(status: 422, constraintOf: failure, or: .invalid, sentences: sentences)
                isInvalidValue = true
                return
            }
            let fault = Fault(field: column, code: "required", message: "is required")
            self.init(status: 422, code: column, faults: [fault], column: column)
            isInvalidValue = true
        case .raised(let status):
            self.init(raised: failure, status: status)
        case .invalidValue:
            self.init(status: 400, code: Self.invalidValueCode)
            isInvalidValue = true
        case .forbidden:
            self.init(isSignedIn ? .forbidden : .unauthenticated)
        case .tooSlow:
            self.init(.tooSlow)
        case .tryAgain:
            self.init(.tryAgain, retryAfterSeconds: Self.tryAgainSeconds)
        case .other:
            self.init(.internal)
        }
    }

    private init(
        status: Int, constraintOf failure: SQLFailure, or code: ProblemCode, sentences: [String: ConstraintSentence]
    ) {
        let known = failure.constraint.flatMap { sentences[$0] }
        let field = known?.column ?? failure.column
        self.init(
            status: status, code: failure.constraint ?? code.rawValue, message: known?.sentence, column: field,
            domain: failure.table == nil ? failure.dataType : nil)
        if let field { blame(field: field) }
    }

    private init(raised failure: SQLFailure, status: Int) {
        let (message, hint) = (Self.given(failure.detail), Self.given(failure.hint))
        let column = Self.given(failure.column)
        let isInvalid = failure.message == ProblemCode.invalid.rawValue
        if isInvalid, let faults = message.flatMap(Self.faults(json:)) {
            self.init(status: status, code: failure.message, hint: hint, faults: faults, column: column)
            return
        }
        let isInFlight = failure.message == ProblemCode.idempotencyInFlight.rawValue
        self.init(
            status: status, code: failure.message, message: message, hint: hint,
            retryAfterSeconds: isInFlight ? Self.tryAgainSeconds : nil, column: column)
        if let column { blame(field: column) }
    }

    /// `api.fail` cannot leave a field of an error out, so an empty one stands for none.
    private static func given(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }

    /// Reads `[{"field": …, "code": …, "message": …}, …]`, as `api.invalid` writes it. Nil if it is anything else.
    private static func faults(json: String) -> [Fault]? {
        let text = Array(json.utf8)
        guard let array = JSONScanner.validValue(of: text.span), array.kind == .array else { return nil }
        var faults: [Fault] = []
        var object = JSONObject()
        var elements = JSONElements(of: array)
        while let element = elements.next(in: text.span) {
            guard element.kind == .object, faults.count < faultCountMax,
                object.readValid(text.span.extracting(element.range))
            else { return nil }
            func string(_ key: String) -> String {
                object.string(for: key, in: text.span.extracting(element.range)) ?? ""
            }
            faults.append(Fault(field: string("field"), code: string("code"), message: string("message")))
        }
        return faults.isEmpty ? nil : faults
    }

    /// The most faults one problem tells of.
    static let faultCountMax = 100
}
