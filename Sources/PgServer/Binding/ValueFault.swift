/// What is wrong with one value. With its parameter it becomes a ``Fault``.
enum ValueFault: Equatable {
    case missing, duplicate
    case notString, notInteger, notNumber, notBoolean, notUUID, notDate, notInstant, notJSON, notBase64, notArray
    case notScalar, notOneOf, notText, badEncoding, outOfRange, tooSmall, tooLarge, tooShort, tooLong

    var code: String {
        switch self {
        case .missing: "required"
        case .duplicate: "duplicate"
        case .notString, .notInteger, .notNumber, .notBoolean, .notArray, .notScalar: "invalid_type"
        case .notUUID, .notDate, .notInstant, .notJSON, .notBase64, .notText, .badEncoding: "malformed"
        case .notOneOf: "not_one_of"
        case .outOfRange, .tooSmall, .tooLarge: "out_of_range"
        case .tooShort: "too_short"
        case .tooLong: "too_long"
        }
    }

    func message(for parameter: Parameter) -> String {
        switch self {
        case .missing: "is required"
        case .duplicate: "is given more than once"
        case .notString: "must be a string"
        case .notInteger: "must be an integer"
        case .notNumber: "must be a number"
        case .notBoolean: "must be true or false"
        case .notUUID: "must be a UUID"
        case .notDate: "must be a date, such as 2025-01-31"
        case .notInstant: "must be a date and time with a zone, such as 2025-01-31T12:00:00Z"
        case .notJSON: "must be JSON"
        case .notBase64: "must be base64"
        case .notArray: "must be an array"
        case .notScalar: "must be a string or a number"
        case .notOneOf: "must be one of: \(parameter.choices)"
        case .notText: "must be text without the character U+0000"
        case .badEncoding: "is not well encoded"
        case .outOfRange: "is out of range"
        case .tooSmall: "must be at least \(parameter.minimum?.text ?? "")"
        case .tooLarge: "must be at most \(parameter.maximum?.text ?? "")"
        case .tooShort: Self.length("at least", parameter.minLength)
        case .tooLong: Self.length("at most", parameter.maxLength)
        }
    }

    private static func length(_ comparison: String, _ length: Int?) -> String {
        let length = length ?? 0
        return "must have \(comparison) \(length) character\(length == 1 ? "" : "s")"
    }
}
