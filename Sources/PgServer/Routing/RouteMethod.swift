/// The methods a route can have, numbered as everywhere in the server.
enum RouteMethod: UInt8, CaseIterable, Sendable {
    case get = 0
    case head = 1
    case post = 2
    case put = 3
    case patch = 4
    case delete = 5
    case options = 6

    var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        }
    }

    /// - Parameter name: In capitals, as the catalog and HTTP have it.
    init?(name: String) {
        guard let method = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = method
    }
}
