/// Why the routes of a catalog cannot be served. The sentence names them.
struct RoutingError: Error, Equatable, Sendable {
    var sentence: String
}
