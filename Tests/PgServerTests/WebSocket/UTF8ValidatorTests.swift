import Testing

@testable import PgServer

@Suite("Text in pieces")
struct UTF8ValidatorTests {
    /// After how many bytes the text is refused; nil if all are a beginning of text.
    static func refusal(of bytes: [UInt8]) -> Int? {
        var validator = UTF8Validator()
        for (index, byte) in bytes.enumerated() {
            guard withUnsafeBytes(of: byte, { validator.accepts($0) }) else { return index }
        }
        return nil
    }

    static func isText(_ bytes: [UInt8]) -> Bool {
        var validator = UTF8Validator()
        return bytes.withUnsafeBytes { validator.accepts($0) } && validator.isComplete
    }

    @Test("is judged as the standard library judges it, for every beginning of three bytes")
    func exhaustive() {
        var differences: [[UInt8]] = []
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                for third: UInt8 in [
                    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0, 0xFF,
                ] {
                    for tail: [UInt8] in [[], [0x80], [0xBF, 0x41], [0x41]] {
                        let bytes = [first, second, third] + tail
                        if Self.isText(bytes) != (String(validating: bytes, as: UTF8.self) != nil) {
                            differences.append(bytes)
                        }
                    }
                }
            }
        }
        #expect(differences == [])
    }

    /// The boundaries of Markus Kuhn's table, as the Autobahn cases 6.5 to 6.23 try them: the byte that is refused.
    static let refusals: [([UInt8], Int)] = [
        ([0x80], 0), ([0xBF], 0), ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0), ([0xFE], 0), ([0xFF], 0),
        ([0xE0, 0x80, 0xAF], 1), ([0xE0, 0x9F, 0xBF], 1), ([0xF0, 0x80, 0x80, 0xAF], 1), ([0xF0, 0x8F, 0xBF, 0xBF], 1),
        ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF8, 0x88, 0x80, 0x80, 0x80], 0),
        ([0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], 0), ([0xED, 0xA0, 0x80], 1), ([0xED, 0xBF, 0xBF], 1),
        ([0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5, 0xED, 0xA0, 0x80, 0x65], 12),
        ([0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0xE2, 0x82, 0x41], 11), ([0xC2, 0xC2], 1),
    ]

    @Test("is refused at the byte that makes it none", arguments: refusals)
    func refused(_ bytes: [UInt8], _ index: Int) {
        #expect(Self.refusal(of: bytes) == index)
        #expect(!Self.isText(bytes))
    }

    @Test(
        "may hold every scalar value",
        arguments: [
            0x00, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE,
            0xFFFF, 0x10000, 0x1FFFE, 0x10FFFF,
        ])
    func accepted(_ scalar: UInt32) throws {
        let bytes = Array(String(Character(try #require(Unicode.Scalar(scalar)))).utf8)
        #expect(Self.isText(bytes))
        #expect(Self.refusal(of: bytes) == nil)
        if bytes.count > 1 { #expect(!Self.isText(bytes.dropLast())) }
    }
}
