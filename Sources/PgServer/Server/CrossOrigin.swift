/// Which pages of other origins may call, as the response fields of the Fetch standard's CORS protocol say it.
struct CrossOrigin: Sendable {
    private let origins: Set<[UInt8]>
    private let allowsAnyOrigin: Bool
    let allowsCredentials: Bool
    let methods: [UInt8]
    let headers: [UInt8]
    let maxAgeSeconds: Int
    /// The response fields a page may read beside those it always may.
    static let exposedHeaders: StaticString =
        "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, ETag, Location, Idempotency-Replayed, Link, X-Total-Count, X-Page, X-Per-Page"

    /// - Returns: nil if no other origin may call.
    init?(_ configuration: Configuration.CrossOrigin) {
        guard !configuration.origins.isEmpty else { return nil }
        origins = Set(configuration.origins.map { Array($0.utf8) })
        allowsAnyOrigin = configuration.origins.contains("*")
        allowsCredentials = configuration.allowsCredentials
        methods = Array(configuration.methods.joined(separator: ", ").utf8)
        headers = Array(configuration.headers.joined(separator: ", ").utf8)
        maxAgeSeconds = Int(configuration.maxAge.components.seconds)
    }

    /// What `Access-Control-Allow-Origin` says to a page of `origin`; nil refuses it.
    func allowed(_ origin: [UInt8]) -> [UInt8]? {
        guard !origin.isEmpty else { return nil }
        if origins.contains(origin) { return origin }
        // With credentials `*` is not allowed by the standard, and to echo any origin would be as unsafe.
        return allowsAnyOrigin && !allowsCredentials ? [UInt8(ascii: "*")] : nil
    }
}
