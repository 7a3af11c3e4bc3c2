import Testing

@testable import PgServer

@Suite("An Authorization field")
struct AuthorizationFieldTests {
    static let values: [(String, AuthorizationField)] = [
        ("Bearer abc", .bearer(7..<10)), ("bearer abc", .bearer(7..<10)), ("BEARER a.b-c_d~e+f/g==", .bearer(7..<22)),
        ("bEaReR x=", .bearer(7..<9)),
        ("Basic abc", .unsupported), ("Bearerabc", .unsupported), ("Beare", .unsupported), ("", .unsupported),
        (" Bearer abc", .unsupported), ("Bearer\tabc", .unsupported), ("Token abc", .unsupported),
        ("Bearer", .malformed), ("Bearer ", .malformed), ("Bearer  abc", .malformed), ("Bearer abc ", .malformed),
        ("Bearer a b", .malformed), ("Bearer =", .malformed), ("Bearer a=b", .malformed), ("Bearer a,b", .malformed),
        ("Bearer \"abc\"", .malformed), ("Bearer ab\u{0}", .malformed), ("Bearer é", .malformed),
    ]

    @Test("is Bearer, one space and one token, or is refused", arguments: values)
    func parsing(_ value: String, _ expected: AuthorizationField) {
        let bytes = Array(value.utf8)
        #expect(AuthorizationField(parsing: bytes.span) == expected)
    }

    @Test("holds the longest token and not one byte more")
    func limit() {
        let longest = Array(("Bearer " + String(repeating: "x", count: TokenVerifier.tokenByteCountMax)).utf8)
        let longer = longest + [UInt8(ascii: "x")]
        #expect(AuthorizationField(parsing: longest.span) == .bearer(7..<longest.count))
        #expect(AuthorizationField(parsing: longer.span) == .malformed)
    }
}

@Suite("An API key")
struct APIKeyTests {
    static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL-_012"
    static let forms: [(String, Bool)] = [
        ("pgs_" + letters, true), ("pgs_" + letters.dropLast(), false), ("pgs_" + letters + "3", false),
        ("PGS_" + letters, false), ("pgt_" + letters, false), ("pgs_" + letters.dropLast() + "+", false),
        ("pgs_" + letters.dropLast() + ".", false), ("pgs_", false), ("", false),
    ]

    @Test("is told by its form", arguments: forms)
    func form(_ text: String, _ isKey: Bool) {
        let bytes = Array(text.utf8)
        #expect(APIKey.isAPIKey(bytes.span) == isKey)
    }

    @Test("is looked up by the SHA-256 of all of it")
    func hash() {
        let bytes = Array("abc".utf8)
        // FIPS 180-4, the one-block example.
        let expected: [UInt8] = [
            0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
            0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
        ]
        #expect(APIKey.hash(bytes.span) == expected)
    }
}

@Suite("A content hash")
struct ContentHashTests {
    // The reference implementation over bytes 0, 1, 2, … modulo 251, with seeds 0 and 2654435761.
    static let vectors: [(Int, UInt64, UInt64)] = [
        (0, 0xef46_db37_51d8_e999, 0xac75_fda2_929b_17ef), (1, 0xe934_a84a_db05_2768, 0x5014_6076_43a9_b4c3),
        (3, 0xe5c7_bb45_33bc_65dd, 0x47aa_45ed_39ed_5541), (4, 0xffce_d860_4453_cc1e, 0xb8f1_a518_93fa_14e6),
        (7, 0x14cc_643f_630c_72d2, 0x13f3_1c4a_8e5f_8252), (8, 0x884a_1736_14b8_1b8d, 0xcb74_ef9d_044d_cf44),
        (12, 0x424a_f23f_1f08_dca5, 0x360a_9ad6_5866_8ebc), (31, 0xc346_d2b5_9b4d_8ee1, 0x7196_9c89_a30a_986a),
        (32, 0xcbf5_9c51_16ff_32b4, 0x7181_3547_74e0_d600), (33, 0x0c53_5d1a_cafb_8ead, 0x57bd_8ad0_a039_0e6d),
        (63, 0xe26a_a9e2_a95f_8e4f, 0x8923_6204_5c7b_adfb), (64, 0xf7c6_7301_db67_13f0, 0x6e54_5403_b828_cf8b),
        (100, 0x6ac1_e580_3216_6597, 0x8832_442a_8828_4f11), (1000, 0xf306_f04a_a88b_54d3, 0x1c04_ceb2_c089_c610),
    ]

    @Test("is XXH64", arguments: vectors)
    func vector(_ count: Int, _ unseeded: UInt64, _ seeded: UInt64) {
        let bytes = (0..<count).map { UInt8($0 % 251) }
        #expect(ContentHash.hash(bytes.span) == unseeded)
        #expect(ContentHash.hash(bytes.span, seed: 2_654_435_761) == seeded)
    }
}

@Suite("Secrets")
struct SecretTests {
    static let pairs: [([UInt8], [UInt8], Bool)] = [
        ([], [], true), ([1, 2], [1, 2], true), ([1, 2], [1, 3], false), ([1, 2], [1], false), ([], [0], false),
    ]

    @Test("are equal only if every byte is", arguments: pairs)
    func comparison(_ left: [UInt8], _ right: [UInt8], _ isEqual: Bool) {
        #expect(ConstantTime.areEqual(left.span, right.span) == isEqual)
    }

    @Test("are drawn anew each time")
    func random() throws {
        #expect(try SecureRandom.bytes(count: 32) != SecureRandom.bytes(count: 32))
    }
}
