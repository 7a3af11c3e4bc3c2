/// How one route calls its function: the parameters to fill, and the statement to run.
struct CallPlan: Sendable {
    /// What the function returns, which decides the shape of the statement.
    enum Returns: String, Sendable { case json, jsonb, reply, page, text, bytes, void, subscription }

    /// One statement. A default that is no constant is left out of the call, so there is one statement for each set of
    /// arguments left out.
    struct Call: Equatable, Sendable {
        var sql: String
        /// The function with its arguments, as it stands in ``sql``.
        var expression: String
        /// The index in the ``ArgumentBuffer`` of each parameter; nil if it is left out.
        var argumentIndices: [Int?]
    }

    /// The most parameters that may be left out, since each doubles the statements.
    static let omissibleCountMax = 6

    let callName: String
    let returns: Returns
    let parameters: [Parameter]
    /// By the sum of the ``omissionBits`` of the parameters left out.
    let calls: [Call]
    /// For each parameter a bit of its own, or 0 if it is never left out.
    let omissionBits: [Int]
    let refusesUnknownFields: Bool
    let wholeBody: Int?
    let takesBodyFields: Bool
    let takesQuery: Bool

    /// - Parameters:
    ///   - callName: The function, quoted and ready for SQL.
    ///   - parameters: In the order of their positions.
    /// - Throws: if two parameters want the same field, or the body is wanted whole and in parts.
    init(
        callName: String, returns: Returns, parameters: [Parameter], refusesUnknownFields: Bool
    ) throws(BindingError) {
        func refusal(_ reason: String) -> BindingError { BindingError(sentence: "Function \(callName): \(reason).") }
        let omissible = parameters.indices.filter { parameters[$0].absence == .leftOut }
        guard omissible.count <= Self.omissibleCountMax else {
            throw refusal("more than \(Self.omissibleCountMax) parameters have a default that is no constant")
        }
        for (index, parameter) in parameters.enumerated() {
            let isTaken = parameters[..<index].contains {
                $0.source == parameter.source && $0.sourceName == parameter.sourceName
            }
            guard !isTaken else { throw refusal("two parameters read \(parameter.sourceName)") }
        }
        let wholeBodies = parameters.indices.filter { parameters[$0].source == .wholeBody }
        takesBodyFields = parameters.contains { $0.source == .body }
        guard wholeBodies.count + (takesBodyFields ? 1 : 0) <= 1 else {
            throw refusal("the body is read whole and again")
        }
        wholeBody = wholeBodies.first
        takesQuery = parameters.contains { $0.source == .query }
        var bits = Array(repeating: 0, count: parameters.count)
        for (bit, index) in omissible.enumerated() { bits[index] = 1 << bit }
        self.callName = callName
        self.returns = returns
        self.parameters = parameters
        self.refusesUnknownFields = refusesUnknownFields
        omissionBits = bits
        calls = (0..<(1 << omissible.count)).map { omitted in
            let present = zip(parameters, bits).map { $1 & omitted == 0 ? $0 : nil }
            return Self.call(callName, returns, present)
        }
    }

    /// Which page of a list a call asks for, read back from what was bound. A list without a size is one whole page.
    func pageRequest(
        call: Int, arguments: ArgumentBuffer, pageParameter: String, sizeParameter: String, offsetParameter: String,
        itemCount: Int
    ) -> PageRequest {
        func value(_ name: String) -> Int? {
            let isWanted: (Parameter) -> Bool = { $0.sourceName == name && $0.kind.integerRange != nil }
            guard let parameter = parameters.firstIndex(where: isWanted),
                let index = calls[call].argumentIndices[parameter], let range = arguments.range(of: index),
                case .value(let value) = DecimalNumber(arguments.bytes.span.extracting(range)).integer(
                    of: arguments.bytes.span.extracting(range))
            else { return nil }
            return Int(value)
        }
        let size = value(sizeParameter) ?? itemCount
        if let page = value(pageParameter) { return PageRequest(page: page, size: size) }
        return PageRequest(limit: size, offset: value(offsetParameter) ?? 0)
    }

    private static func call(_ name: String, _ returns: Returns, _ parameters: [Parameter?]) -> Call {
        var indices: [Int?] = []
        var arguments: [String] = []
        for parameter in parameters {
            guard let parameter else {
                indices.append(nil)
                continue
            }
            indices.append(arguments.count)
            arguments.append("\(quoted(parameter.name)) => $\(arguments.count + 1)::\(parameter.sqlType)")
        }
        var call = Call(
            sql: "", expression: "\(name)(\(arguments.joined(separator: ", ")))", argumentIndices: indices)
        call.sql =
            switch returns {
            case .json, .jsonb, .text, .bytes, .void: "SELECT \(call.value(returns))"
            case .reply, .page, .subscription: "SELECT \(columns(of: "r", returns)) FROM \(call.expression) AS r"
            }
        return call
    }

    /// The columns of a reply, a page or a subscription, in the order in which an answer is read.
    static func columns(of row: String, _ returns: Returns) -> String {
        func named(_ names: [String]) -> String { names.map { "\(row).\($0)" }.joined(separator: ", ") }
        switch returns {
        case .page: return named(["items", "total", "item_count"])
        case .subscription:
            return "array_to_json(\(row).topics), array_to_json(\(row).types), array_to_json(\(row).subjects), "
                + named(["epoch", "\"position\"", "head", "is_lost", "connected"])
        default: return named(["status", "headers", "content_type", "body", "bytes", "tokens"])
        }
    }

    private static func quoted(_ identifier: String) -> String {
        "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

extension CallPlan.Call {
    /// The call as a value. It fails before the function is called if that has come to return something else.
    func value(_ returns: CallPlan.Returns) -> String {
        switch returns {
        case .json, .jsonb, .text: "coalesce(\(expression), NULL::\(returns.rawValue))"
        case .bytes: "coalesce(\(expression), NULL::bytea)"
        case .void, .reply, .page, .subscription: expression
        }
    }
}
