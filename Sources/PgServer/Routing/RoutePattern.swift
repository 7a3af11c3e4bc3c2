/// The path of a route: `/a/{b}/c`, `/pipelines/{id}:run`, `/research/{rest...}`.
///
/// - `{name}` takes one whole segment, of at least one byte.
/// - `{name}:verb`, only at the end, takes the last segment up to its last colon.
/// - `{name...}`, only at the end, takes all that is left, slashes too, and at least one byte.
/// - Everything else stands for itself, byte by byte: `%41` in a request is not the literal `A`, and `/x/` is not `/x`.
struct RoutePattern: Hashable, Sendable {
    enum Segment: Hashable, Sendable {
        case literal([UInt8])
        case parameter
        case parameterWithVerb([UInt8])
        case rest
    }

    let text: String
    let segments: [Segment]
    /// The names of the parameters, from left to right.
    let captureNames: [String]

    init(parsing text: String) throws(RoutingError) {
        func refusal(_ reason: String) -> RoutingError { RoutingError(sentence: "Path \(text): \(reason).") }
        guard text.utf8.first == UInt8(ascii: "/") else { throw refusal("it does not begin with /") }
        var segments: [Segment] = []
        var names: [String] = []
        let pieces = text == "/" ? [] : text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            guard !piece.isEmpty else { throw refusal("it has an empty segment") }
            let isLast = index == pieces.count - 1
            guard piece.first == "{" else {
                guard piece.utf8.allSatisfy(Self.isLiteral) else { throw refusal("\(piece) cannot stand for itself") }
                segments.append(.literal(Array(piece.utf8)))
                continue
            }
            guard let close = piece.firstIndex(of: "}") else { throw refusal("\(piece) has no }") }
            var name = piece[piece.index(after: piece.startIndex)..<close]
            let tail = piece[piece.index(after: close)...]
            if name.hasSuffix("...") {
                name = name.dropLast(3)
                guard isLast, tail.isEmpty else { throw refusal("\(piece) is not at the end") }
                segments.append(.rest)
            } else if tail.isEmpty {
                segments.append(.parameter)
            } else {
                let verb = tail.dropFirst()
                guard tail.first == ":", isLast, !verb.isEmpty, verb.utf8.allSatisfy(Self.isVerb) else {
                    throw refusal("\(piece) is not a parameter, or a parameter and a verb at the end")
                }
                segments.append(.parameterWithVerb(Array(verb.utf8)))
            }
            guard Self.isName(name) else { throw refusal("{\(name)} is not a name") }
            guard !names.contains(String(name)) else { throw refusal("{\(name)} stands there twice") }
            names.append(String(name))
        }
        guard names.count <= Captures.countMax else {
            throw refusal("it has more than \(Captures.countMax) parameters")
        }
        self.text = text
        self.segments = segments
        captureNames = names
    }

    /// What RFC 3986 §3.3 allows in a segment, without percent-encoding.
    private static func isLiteral(_ byte: UInt8) -> Bool {
        isVerb(byte) || ".~!$&'()*+,;=:@".utf8.contains(byte)
    }

    private static func isVerb(_ byte: UInt8) -> Bool {
        byte.isDigit || (65...90).contains(byte & ~0x20) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !first.isDigit else { return false }
        return name.utf8.allSatisfy { isVerb($0) && $0 != UInt8(ascii: "-") }
    }
}
