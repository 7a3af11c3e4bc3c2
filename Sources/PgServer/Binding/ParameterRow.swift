/// One row of `api.catalog_parameters()`, as it comes.
struct ParameterRow: Equatable, Sendable {
    var name: String
    var sqlType: String
    var kind: String
    var elementKind: String?
    var source: String
    var sourceName: String
    var isRequired = true
    var isNullable = false
    var defaultText: String?
    var hasDefault = false
    var defaultIsConstant = false
    var minimum: String?
    var maximum: String?
    var minLength: Int?
    var maxLength: Int?
    var enumValues: [String]?
}
