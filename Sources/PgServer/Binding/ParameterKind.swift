/// How a value is written and checked before PostgreSQL sees it.
enum ParameterKind: String, CaseIterable, Sendable {
    case text, int2, int4, int8, numeric, float, bool, uuid, date, timestamptz, json, bytea, array, other
    case enumeration = "enum"

    /// The whole numbers the type holds, if it holds only such.
    var integerRange: ClosedRange<Int64>? {
        switch self {
        case .int2: Int64(Int16.min)...Int64(Int16.max)
        case .int4: Int64(Int32.min)...Int64(Int32.max)
        case .int8: Int64.min...Int64.max
        default: nil
        }
    }

    /// Whether JSON writes such a value without quotes, and an array literal needs none.
    var isNumber: Bool {
        switch self {
        case .int2, .int4, .int8, .numeric, .float: true
        default: false
        }
    }
}
