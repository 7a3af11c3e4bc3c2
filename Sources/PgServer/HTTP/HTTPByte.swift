/// The octets HTTP gives a meaning, and the classes RFC 9110 §5 and RFC 3986 §2 sort them into.
///
/// Classes are bit maps in two words, so that no table is reached through a lazily initialised global.
enum HTTPByte {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let hash: UInt8 = 0x23
    static let percent: UInt8 = 0x25
    static let asterisk: UInt8 = 0x2A
    static let comma: UInt8 = 0x2C
    static let dot: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let questionMark: UInt8 = 0x3F
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let delete: UInt8 = 0x7F

    /// The bit that tells `A` from `a`. Setting it folds the case of a letter and leaves `-` and digits alone.
    static let caseBit: UInt8 = 0x20

    /// `tchar` of RFC 9110 §5.6.2: what methods, field names and other tokens are made of.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        //             ! # $ % & ' * + - . 0-9                A-Z ^ _ ` a-z | ~
        isMember(byte, low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    }

    /// `unreserved` and `sub-delims` of RFC 3986 §2: what a host name may hold besides percent-encoding.
    @inline(__always)
    static func isHostName(_ byte: UInt8) -> Bool {
        //             ! $ & ' ( ) * + , - . 0-9 ; =          A-Z _ a-z ~
        isMember(byte, low: 0x2BFF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
    }

    /// What a request target may hold: visible ASCII without `#`, since a fragment is never sent (RFC 9112 §3.2).
    ///
    /// Wider than RFC 3986 by `"<>\^{|}` and the backquote, some of which browsers send in queries as they are.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > space && byte < delete && byte != hash
    }

    /// What a field value may hold: visible ASCII, space, tab and the opaque octets from 0x80 (RFC 9110 §5.5).
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        (byte >= space && byte != delete) || byte == tab
    }

    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- zero < 10
    }

    /// The byte with an ASCII capital made small.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | caseBit : byte
    }

    @inline(__always)
    private static func isMember(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
        let word = byte < 64 ? low : high
        return byte < 128 && (word >> UInt64(byte & 63)) & 1 != 0
    }
}
