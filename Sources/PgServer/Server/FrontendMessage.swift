/// What other threads tell a reactor's frontend.
enum FrontendMessage: Sendable {
    /// Requests from now on are served by this catalog; those under way keep theirs.
    case install(Catalog, Credentials)
    /// Take no more connections and requests, finish what is under way, then say so.
    case drain
    /// Somebody wants to know what this reactor counted.
    case report(to: MetricsCollection)
    /// All reactors have reported.
    case collected(MetricsCollection)
}
