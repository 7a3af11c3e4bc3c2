/// Everything the database declares about this service: read as a whole, checked as a whole, never changed.
final class Catalog: Sendable {
    /// Counts the catalogs of this process.
    let generation: Int
    let routes: [Route]
    let table: RouteTable
    let dialects: [Dialect]
    let sentences: [String: ConstraintSentence]
    let policies: RatePolicies
    /// The rate class of each route, by index; nil where none is declared.
    let rateClasses: [RatePolicies.RateClass?]
    /// Every setting's value in force, as a JSON object.
    let settings: String
    /// Who calls without a credential, by dialect, where a setting has switched authentication off.
    let openPrincipals: [Principal?]

    /// Who answers for a request of which not even the path is known.
    let fallbackDialect: Int

    init(
        generation: Int, routes: [Route], dialects: [Dialect], sentences: [String: ConstraintSentence],
        policies: RatePolicies, settings: String, openPrincipals: [Principal?]
    ) throws(CatalogError) {
        self.generation = generation
        self.routes = routes
        self.dialects = dialects
        self.sentences = sentences
        self.policies = policies
        self.settings = settings
        self.openPrincipals = openPrincipals
        fallbackDialect = dialects.firstIndex { $0.prefixes.contains("/") } ?? 0
        rateClasses = routes.map { route in
            route.rateClass.flatMap { policies.rateClass(dialect: dialects[route.dialect].name, named: $0) }
        }
        for (route, rateClass) in zip(routes, rateClasses) where route.rateClass != nil && rateClass == nil {
            throw CatalogError(
                "Route \(route.name): no rate policy of its dialect has the class \(route.rateClass ?? "").")
        }
        var prefixes: [(prefix: String, dialect: Int)] = []
        for (index, dialect) in dialects.enumerated() { prefixes += dialect.prefixes.map { ($0, index) } }
        do throws(RoutingError) {
            table = try RouteTable(
                routes.map { .init(method: $0.method, pattern: $0.pattern, dialect: $0.dialect) }, prefixes: prefixes)
        } catch { throw CatalogError(error.sentence) }
    }
}

/// Why a catalog cannot be served. The sentence names the row.
struct CatalogError: Error, Equatable, Sendable {
    var sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}
