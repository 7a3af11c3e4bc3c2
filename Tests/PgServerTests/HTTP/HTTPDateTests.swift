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
}
