import Testing

@testable import PgServer

@Suite("Base64url")
struct Base64URLTests {
    // RFC 4648 §10, without padding, and the two letters that differ from base64.
    static let pairs: [([UInt8], String)] = [
        ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
        (Array("foob".utf8), "Zm9vYg"), (Array("fooba".utf8), "Zm9vYmE"), (Array("foobar".utf8), "Zm9vYmFy"),
        ([0xFB, 0xFF], "-_8"),
    ]

    @Test("writes and reads the vectors", arguments: pairs)
    func vectors(_ bytes: [UInt8], _ text: String) {
        let letters = Array(text.utf8)
        #expect(Base64URL.encode(bytes.span) == letters)
        #expect(Base64URL.decode(letters.span) == bytes)
    }

    @Test(
        "has one spelling for one value",
        arguments: ["Zg==", "Zm8=", "Zh", "Zm9", "A", "AAAAA", "Zm 8", "Zm8\n", "+_8", "/_8", "Zm8é"])
    func refused(_ text: String) {
        let letters = Array(text.utf8)
        #expect(Base64URL.decode(letters.span) == nil)
    }

    @Test("brings back every length")
    func roundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            let letters = Base64URL.encode(bytes.span)
            #expect(Base64URL.decode(letters.span) == bytes)
        }
    }

    @Test(
        "reads a stored secret in either alphabet, padded or in lines",
        arguments: ["-_8", "+/8=", "+/8", "+/\n8=\r\n"])
    func secret(_ text: String) throws {
        #expect(try Base64Secret.decode(text) == [0xFB, 0xFF])
    }

    @Test("refuses a stored secret that is none", arguments: ["-_8===", "a b", "*", "-_9"])
    func noSecret(_ text: String) {
        #expect(throws: KeyError.unreadable) { try Base64Secret.decode(text) }
    }
}
