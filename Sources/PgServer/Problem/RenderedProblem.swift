/// What a dialect made of a problem, beside the body it wrote.
struct RenderedProblem: Equatable, Sendable {
    var status: Int
    var code: String
    var message: String
    /// For the `Retry-After` header.
    var retryAfterSeconds: Int?
}
