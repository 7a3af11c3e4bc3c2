/// One row of `api.catalog_dialects()`, as it comes.
struct DialectRow: Equatable, Sendable {
    var dialect: String
    var title: String
    var prefixes: [String]
    var successTemplate: String
    var errorTemplate: String
    var faultTemplate: String
    var faultSeparator: String
    var requestIDForm: String
    var pageStyle: String
    var pageParameter: String
    var sizeParameter: String
    var offsetParameter: String
    var pageTemplate: String
    /// A JSON object of header name to template.
    var pageHeaders: String?
    var unknownFields: String
    var authSetting: String?
    var openClaims: String?
    var wwwAuthenticate: String?
}
