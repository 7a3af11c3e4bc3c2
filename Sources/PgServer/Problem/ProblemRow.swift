/// One row of `api.catalog_problems()`: what a contract makes of an internal code.
struct ProblemRow: Equatable, Sendable {
    var dialect: String
    var code: String
    var status: Int
    var publicCode: String?
    /// Nil keeps the sentence of whoever raised the problem.
    var message: String?
}
