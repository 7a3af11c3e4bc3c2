import Testing

@testable import PgServer

@Suite("A request id")
struct RequestIDTests {
    static let id = RequestID(high: 0x0123_4567_89AB_4DEF, low: 0x8123_4567_89AB_CDEF)

    @Test(
        "is written in each contract's form",
        arguments: [
            ("trace-${uuid}", "trace-01234567-89ab-4def-8123-456789abcdef"),
            ("req_${hex}", "req_0123456789ab4def8123456789abcdef"),
            ("${uuid}", "01234567-89ab-4def-8123-456789abcdef"),
        ])
    func forms(_ form: String, _ expected: String) throws {
        var out: [UInt8] = []
        try RequestIDForm(parsing: form).append(Self.id, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == expected)
    }

    @Test("has no form that would need an escape", arguments: ["a\"${uuid}", "${id}", "a b", "ü${hex}"])
    func refused(_ form: String) {
        #expect(throws: TemplateError.self) { try RequestIDForm(parsing: form) }
    }

    @Test("is a version 4 UUID")
    func version() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let id = RequestID.random(using: &generator)
            #expect(id.high & 0xF000 == 0x4000)
            #expect(id.low >> 62 == 0b10)
        }
    }
}

@Suite("An instant")
struct RFC3339Tests {
    @Test(
        "is written in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_763_458_200_123, "2025-11-18T09:30:00.123Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func writing(_ milliseconds: Int64, _ expected: String) {
        var out: [UInt8] = []
        RFC3339.append(milliseconds: milliseconds, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == expected)
    }
}
