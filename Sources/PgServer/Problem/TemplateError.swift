/// Why a template of the catalog cannot be used.
enum TemplateError: Error, Equatable, Sendable {
    case unknownSlot(String)
    case unbalanced
    /// A slot this template may not use, or text where only names are allowed.
    case unexpectedText

    var sentence: String {
        switch self {
        case .unknownSlot(let name): "there is no slot named \(name)"
        case .unbalanced: "a bracket or brace has no other half"
        case .unexpectedText: "it holds something that is not allowed there"
        }
    }
}
