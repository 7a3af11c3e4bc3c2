/// Why a dialect of the catalog cannot be used. The sentence names the row.
struct DialectError: Error, Equatable, Sendable {
    var sentence: String

    init(_ dialect: String, _ sentence: String) {
        self.sentence = "Dialect \(dialect): \(sentence)."
    }
}
