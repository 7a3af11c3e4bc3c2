/// What a stream's function answered: the row `api.subscription`.
struct StreamSubscription {
    let filter: StreamFilter
    let epoch: Int
    /// Delivery starts behind it.
    let position: Int64
    /// The newest position when it was answered.
    let head: Int64
    /// Whether what the client asked for is no longer kept.
    let isLost: Bool
    /// What the first message says; nil for nothing.
    let connected: [UInt8]?

    /// Reads the columns in the order in which ``CallPlan`` asks for them.
    ///
    /// - Returns: nil if the row is not what a stream's function answers.
    init?(_ result: borrowing QueryResult) {
        guard let topics = Self.list(result, 0), let types = Self.list(result, 1), let subjects = Self.list(result, 2)
        else { return nil }
        filter = StreamFilter(topics: topics ?? [], types: types, subjects: subjects)
        epoch = result.number(row: 0, column: 3) ?? 0
        position = Int64(result.number(row: 0, column: 4) ?? 0)
        head = Int64(result.number(row: 0, column: 5) ?? 0)
        isLost = result.string(row: 0, column: 6) == "t"
        connected = result.bytes(row: 0, column: 7)
    }

    /// The texts of a JSON array: `.some(nil)` for a null, nil for anything else.
    private static func list(_ result: borrowing QueryResult, _ column: Int) -> [String]?? {
        guard let json = result.bytes(row: 0, column: column) else { return .some(nil) }
        guard let array = JSONScanner.validValue(of: json.span), array.kind == .array else { return nil }
        var texts: [String] = []
        var elements = JSONElements(of: array)
        while let element = elements.next(in: json.span) {
            guard element.kind == .string else { return nil }
            var text: [UInt8] = []
            element.appendString(of: json.span, to: &text)
            texts.append(String(decoding: text, as: UTF8.self))
        }
        return texts
    }
}
