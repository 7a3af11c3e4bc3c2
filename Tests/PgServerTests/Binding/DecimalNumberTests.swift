import Testing

@testable import PgServer

@Suite("A decimal number")
struct DecimalNumberTests {
    /// In rising order; those in one list are equal.
    static let ordered = [
        ["-1e1000000000000"], ["-10", "-1e1", "-010.0"], ["-9.99"], ["-0.5"], ["-5e-400"], ["0", "-0", "0.0", "0e9"],
        ["1e-400"], ["0.05", "5e-2"], ["0.5", "0.50", "0.05e1"], ["0.51"], ["1", "1.0", "10e-1"], ["1.05"], ["2"],
        ["10", "1e1"], ["100.001"], ["100.01"], ["12345678901234567890"], ["12345678901234567891"], ["1e400"],
    ]

    @Test("compares exactly, at any size")
    func order() {
        let numbers = Self.ordered.enumerated().flatMap { rank, texts in texts.map { (rank, $0) } }
        for (leftRank, left) in numbers {
            for (rightRank, right) in numbers {
                let isLess = DecimalNumber.isLess(Array(left.utf8).span, than: Array(right.utf8).span)
                #expect(isLess == (leftRank < rightRank), "\(left) < \(right)")
            }
        }
    }

    static let integers: [(String, DecimalNumber.Integer)] = [
        ("0", .value(0)), ("-0.0", .value(0)), ("7", .value(7)), ("3.0", .value(3)), ("1e2", .value(100)),
        ("1.5e1", .value(15)), ("300e-2", .value(3)), ("007", .value(7)), ("1.5", .fraction), ("15e-1", .fraction),
        ("1e-400", .fraction), ("9223372036854775807", .value(.max)), ("9223372036854775808", .overflow),
        ("-9223372036854775808", .value(.min)), ("-9223372036854775809", .overflow),
        ("1e18", .value(1_000_000_000_000_000_000)),
        ("1e19", .overflow), ("1e999999999999999999999", .overflow), ("0e999999999999999999999", .value(0)),
        ("123456789012345678901234567890", .overflow),
    ]

    @Test("is an integer if it has no fraction, however it is written", arguments: integers)
    func integer(_ text: String, _ expected: DecimalNumber.Integer) {
        let bytes = Array(text.utf8)
        let integer = DecimalNumber(bytes.span).integer(of: bytes.span)
        #expect(integer == expected)
    }
}
