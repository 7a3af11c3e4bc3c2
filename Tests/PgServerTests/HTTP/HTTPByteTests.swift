import Testing

@testable import PgServer

@Suite("A byte")
struct HTTPByteTests {
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    private func members(_ isMember: (UInt8) -> Bool) -> Set<UInt8> { Set((0...255).filter(isMember)) }

    @Test("is part of a token as RFC 9110 §5.6.2 lists")
    func tokens() {
        #expect(members(HTTPByte.isToken) == Set("!#$%&'*+-.^_`|~\(Self.letters)".utf8))
    }

    @Test("is part of a host name as RFC 3986 §2 lists")
    func hosts() {
        #expect(members(HTTPByte.isHostName) == Set("-._~!$&'()*+,;=\(Self.letters)".utf8))
    }

    @Test("is part of a target if it is visible ASCII and no fragment begins with it")
    func targets() {
        #expect(members(HTTPByte.isTarget) == Set(0x21...0x7E).subtracting([0x23]))
    }

    @Test("is part of a field value as RFC 9110 §5.5 lists")
    func values() {
        #expect(members(HTTPByte.isFieldValue) == Set([0x09]).union(0x20...0x7E).union(0x80...0xFF))
    }

    @Test("is a hexadecimal digit or none")
    func hexadecimal() {
        for byte in UInt8.min...UInt8.max {
            let text = String(UnicodeScalar(byte))
            #expect(byte.hexadecimalDigit == (byte < 128 ? UInt8(text, radix: 16) : nil))
        }
    }
}
