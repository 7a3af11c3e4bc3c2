/// What a SQLSTATE means to a client: the left column of the table in ``Problem/init(failure:isSignedIn:sentences:)``.
enum SQLState: Equatable, Sendable {
    /// `23505`, `23503`, `23P01`.
    case conflict
    /// `23514`.
    case checkViolation
    /// `23502`.
    case notNullViolation
    /// `PTnnn`, which only our own SQL raises.
    case raised(status: Int)
    /// Class `22`.
    case invalidValue
    /// `42501`.
    case forbidden
    /// `57014`.
    case tooSlow
    /// `40001`, `40P01`, classes `08` and `53`.
    case tryAgain
    case other

    /// The statuses `PTnnn` may name. An answer that is no failure is a value of `api.reply`, never raised.
    static let raisedStatuses = 400...599

    init(_ code: String) {
        switch code {
        case "23505", "23503", "23P01": self = .conflict
        case "23514": self = .checkViolation
        case "23502": self = .notNullViolation
        case "42501": self = .forbidden
        case "57014": self = .tooSlow
        case "40001", "40P01": self = .tryAgain
        default:
            switch code.prefix(2) {
            case "08", "53": self = .tryAgain
            case "22": self = .invalidValue
            case "PT":
                if code.utf8.count == 5, let status = Int(code.dropFirst(2)), Self.raisedStatuses.contains(status) {
                    self = .raised(status: status)
                } else {
                    self = .other
                }
            default: self = .other
            }
        }
    }
}
