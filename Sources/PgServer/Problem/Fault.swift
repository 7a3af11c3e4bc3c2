/// One thing wrong with one field of a request. The message is a predicate: `must be at most 1000`.
struct Fault: Equatable, Sendable {
    var field: String
    var code: String
    var message: String
}
