/// What a person reads when a constraint refuses a row: the comment on the constraint, and its field if it has one.
struct ConstraintSentence: Equatable, Sendable {
    var sentence: String
    var column: String?
}
