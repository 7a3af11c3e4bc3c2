import Testing

@testable import PgServer

@Suite("A date or an instant in text")
struct CalendarTextTests {
    static let dates: [(String, Bool)] = [
        ("2024-02-29", true), ("2000-02-29", true), ("0001-01-01", true), ("9999-12-31", true), ("2023-02-29", false),
        ("1900-02-29", false), ("2024-04-31", false), ("2024-13-01", false), ("2024-00-01", false),
        ("2024-01-00", false), ("2024-01-32", false), ("0000-01-01", false), ("2024-1-1", false), ("24-01-01", false),
        ("2024/01/01", false), ("2024-01-01 ", false), ("", false), ("today", false), ("infinity", false),
    ]

    @Test("is a day of the calendar", arguments: dates)
    func date(_ text: String, _ expected: Bool) {
        let isDate = CalendarText.isDate(Array(text.utf8).span)
        #expect(isDate == expected)
    }

    static let instants: [(String, Bool)] = [
        ("2025-11-18T09:30:00Z", true), ("2025-11-18t09:30:00z", true), ("2025-11-18 09:30:00Z", true),
        ("2025-11-18T09:30:00.123456789Z", true), ("2025-11-18T09:30:00+00:00", true), ("2025-11-18", true),
        ("2025-11-18T09:30:00-15:59", true), ("2016-12-31T23:59:60Z", true), ("2025-11-18T09:30:00", false),
        ("2025-11-18T09:30Z", false), ("2025-11-18T24:00:00Z", false), ("2025-11-18T09:60:00Z", false),
        ("2025-11-18T09:30:61Z", false), ("2025-11-18T09:30:00.Z", false), ("2025-11-18T09:30:00.1", false),
        ("2025-11-18T09:30:00.1234567890Z", false), ("2025-11-18T09:30:00+16:00", false),
        ("2025-11-18T09:30:00+0000", false), ("2025-11-18T09:30:00 00:00", false), ("2025-02-30T09:30:00Z", false),
        ("2025-11-18T09:30:00ZZ", false), ("2025-11-18T09:30:00+00:00Z", false), ("now", false), ("", false),
    ]

    @Test("is an instant with its zone", arguments: instants)
    func instant(_ text: String, _ expected: Bool) {
        let bytes = Array(text.utf8)
        let isInstant = CalendarText.isInstant(bytes.span)
        #expect(isInstant == expected)
        guard expected else { return }
        for count in bytes.indices where count != 10 {  // a date alone is one, too
            let isCutInstant = CalendarText.isInstant(bytes.span.extracting(0..<count))
            #expect(!isCutInstant)
        }
    }
}

@Suite("Base64")
struct Base64Tests {
    static let texts: [(String, [UInt8]?)] = [
        ("", []), ("AA==", [0]), ("AA", [0]), ("AAE=", [0, 1]), ("AAEC", [0, 1, 2]), ("+/-_", [0xFB, 0xFF, 0xBF]),
        ("A", nil), ("AA=", nil), ("A===", nil), ("AB==", nil), ("AA==AA==", nil), ("A A=", nil), ("====", nil),
        ("AAAAA", nil), ("é", nil),
    ]

    @Test("is read strictly, in both alphabets", arguments: texts)
    func decodes(_ text: String, _ expected: [UInt8]?) {
        var bytes = [UInt8(ascii: "x")] + Array(text.utf8)
        let isDecoded = Base64.decode(in: &bytes, from: 1)
        #expect(isDecoded == (expected != nil))
        if let expected { #expect(bytes == [UInt8(ascii: "x")] + expected) }
    }
}
