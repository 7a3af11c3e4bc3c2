import Testing

@testable import PgServer

@Suite("An ECDSA signature")
struct ECDSASignatureTests {
    static func raw(_ r: [UInt8], _ s: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 0, count: 32 - r.count) + r + [UInt8](repeating: 0, count: 32 - s.count) + s
    }

    static let pairs: [([UInt8], [UInt8])] = [
        (raw([1], [2]), [0x30, 6, 2, 1, 1, 2, 1, 2]),
        (raw([0x80], [0x7F]), [0x30, 7, 2, 2, 0, 0x80, 2, 1, 0x7F]),
        (raw([], [1, 0]), [0x30, 7, 2, 1, 0, 2, 2, 1, 0]),
        (
            [UInt8](repeating: 0xFF, count: 64),
            [0x30, 70, 2, 33, 0] + [UInt8](repeating: 0xFF, count: 32) + [2, 33, 0]
                + [UInt8](repeating: 0xFF, count: 32)
        ),
    ]

    @Test("goes from 64 bytes to DER and back", arguments: pairs)
    func bothWays(_ raw: [UInt8], _ der: [UInt8]) {
        #expect(ECDSASignature.der(fromRaw: raw.span) == der)
        #expect(ECDSASignature.raw(fromDER: der.span) == raw)
    }

    @Test("is refused unless it is 64 bytes long", arguments: [0, 1, 63, 65, 128])
    func length(_ count: Int) {
        let raw = [UInt8](repeating: 1, count: count)
        #expect(ECDSASignature.der(fromRaw: raw.span) == nil)
    }

    static let malformed: [[UInt8]] = [
        [], [0x30], [0x30, 0], [0x31, 6, 2, 1, 1, 2, 1, 2], [0x30, 5, 2, 1, 1, 2, 1, 2], [0x30, 6, 2, 1, 1, 3, 1, 2],
        [0x30, 6, 2, 4, 1, 2, 1, 2], [0x30, 4, 2, 0, 2, 0], [0x30, 7, 2, 1, 1, 2, 1, 2, 0],
        [0x30, 38, 2, 33] + [UInt8](repeating: 1, count: 33) + [2, 1, 1],
    ]

    @Test("is refused in DER of another shape", arguments: malformed)
    func refused(_ der: [UInt8]) {
        #expect(ECDSASignature.raw(fromDER: der.span) == nil)
    }
}
