/// One parameter of an endpoint's function: where its value comes from, and what it must look like.
struct Parameter: Sendable {
    enum Source: Equatable, Sendable {
        /// The capture of this index in the route's pattern.
        case path(Int)
        case query, body, wholeBody, header, server
    }

    /// What happens when the request has no value for it.
    enum Absence: Equatable, Sendable {
        case refused
        /// The constant default, bound like any value so that the call keeps its text; nil is NULL.
        case constant([UInt8]?)
        /// The argument is left out and PostgreSQL computes its default.
        case leftOut
    }

    /// A least or greatest value, as the catalog writes it and as it is compared.
    struct Bound: Equatable, Sendable {
        var text: String
        var bytes: [UInt8]
    }

    let name: String
    let sqlType: String
    let kind: ParameterKind
    /// Of an array's elements; `.text` for everything else.
    let elementKind: ParameterKind
    let source: Source
    /// What the client calls it, and what a fault names.
    let sourceName: String
    let sourceBytes: [UInt8]
    let isNullable: Bool
    let absence: Absence
    let minimum: Bound?
    let maximum: Bound?
    let minLength: Int?
    let maxLength: Int?
    let enumValues: [[UInt8]]?

    /// - Parameter captureNames: The names of the pattern's parameters, in order.
    init(_ row: ParameterRow, captureNames: [String]) throws(BindingError) {
        func refusal(_ reason: String) -> BindingError { BindingError(sentence: "Parameter \(row.name): \(reason).") }
        guard let kind = ParameterKind(rawValue: row.kind) else { throw refusal("there is no kind \(row.kind)") }
        let elementKind = row.elementKind.map(ParameterKind.init(rawValue:)) ?? .text
        guard let elementKind, elementKind != .array else { throw refusal("its elements have no kind we know") }
        switch row.source {
        case "path":
            guard let capture = captureNames.firstIndex(of: row.sourceName) else {
                throw refusal("the path has no {\(row.sourceName)}")
            }
            source = .path(capture)
        case "query": source = .query
        case "body": source = .body
        case "whole_body":
            guard [.json, .text, .bytea].contains(kind) else { throw refusal("a body cannot be a \(row.kind)") }
            source = .wholeBody
        case "header": source = .header
        case "server": source = .server
        default: throw refusal("there is no source \(row.source)")
        }
        name = row.name
        sqlType = row.sqlType
        self.kind = kind
        self.elementKind = elementKind
        sourceName = row.sourceName
        sourceBytes = Array(row.sourceName.utf8)
        isNullable = row.isNullable
        absence =
            if row.isRequired { .refused } else if row.hasDefault, !row.defaultIsConstant { .leftOut } else {
                .constant(row.defaultText.map { Array($0.utf8) })
            }
        minimum = try Self.bound(row.minimum, of: row)
        maximum = try Self.bound(row.maximum, of: row)
        minLength = row.minLength
        maxLength = row.maxLength
        enumValues = row.enumValues.map { values in values.map { Array($0.utf8) } }
    }

    /// `a, b, c`, for the sentence that lists them.
    var choices: String { (enumValues ?? []).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ") }

    private static func bound(_ text: String?, of row: ParameterRow) throws(BindingError) -> Bound? {
        guard let text else { return nil }
        let bytes = Array(text.utf8)
        guard JSONScanner.validValue(of: bytes.span)?.kind == .number else {
            throw BindingError(sentence: "Parameter \(row.name): the bound \(text) is not a number.")
        }
        return Bound(text: text, bytes: bytes)
    }
}
