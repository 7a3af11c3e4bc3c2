/// Why a route of the catalog cannot be called. The sentence names the function and the parameter.
struct BindingError: Error, Equatable, Sendable {
    var sentence: String
}
