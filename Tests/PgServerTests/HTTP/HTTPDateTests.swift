import Testing

@testable import PgServer

@Suite("A time as text")
struct HTTPDateTests {
    static let dates: [(Int64, String)] = [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (1_795_251_600, "Sat, 21 Nov 2026 09:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (-62_167_219_200, "Sat, 01 Jan 0000 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ]

    @Test("is an IMF-fixdate (RFC 9110 §5.6.7)", arguments: dates)
    func fixdate(_ seconds: Int64, _ expected: String) {
        var output: [UInt8] = []
        HTTPDate.append(unixSeconds: seconds, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    static let times: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (1_795_251_600_123, "2026-11-21T09:00:00.123Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (951_868_799_007, "2000-02-29T23:59:59.007Z"),
    ]

    @Test("is RFC 3339 in UTC, in milliseconds", arguments: times)
    func rfc3339(_ milliseconds: Int64, _ expected: String) {
        var output: [UInt8] = []
        HTTPDate.appendRFC3339(unixMilliseconds: milliseconds, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test("counts every day of four centuries once, in order")
    func days() {
        var previous = CivilDate(daysSinceEpoch: -1)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for day in 0...146_097 {
            let date = CivilDate(daysSinceEpoch: day)
            let isLeap = previous.year % 4 == 0 && (previous.year % 100 != 0 || previous.year % 400 == 0)
            let length = previous.month == 2 && isLeap ? 29 : lengths[previous.month - 1]
            var expected = previous
            expected.day += 1
            if expected.day > length {
                expected.day = 1
                expected.month += 1
            }
            if expected.month > 12 {
                expected.month = 1
                expected.year += 1
            }
            expected.weekday = (previous.weekday + 1) % 7
            guard date == expected else {
                Issue.record("\(date) follows \(previous)")
                return
            }
            previous = date
        }
    }
}
