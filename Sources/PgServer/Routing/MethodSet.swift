/// What a resource answers to: the `Allow` header (RFC 9110 §10.2.1).
struct MethodSet: OptionSet, Hashable, Sendable {
    var rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ method: RouteMethod) { rawValue = 1 << method.rawValue }

    /// The set with what follows from it: HEAD where there is GET, and OPTIONS everywhere.
    var withImplied: MethodSet {
        var set = union(MethodSet(.options))
        if contains(MethodSet(.get)) { set.insert(MethodSet(.head)) }
        return set
    }

    /// `GET, HEAD, OPTIONS`.
    var fieldValue: String {
        RouteMethod.allCases.filter { contains(MethodSet($0)) }.map(\.name).joined(separator: ", ")
    }
}
