import Testing

@testable import PgServer

@Suite("A reader of claims")
struct ClaimsReaderTests {
    static func reader(_ json: String) throws(TokenError) -> ClaimsReader { try ClaimsReader(Array(json.utf8)) }

    static let refused = [
        "", " ", "1", "[]", "null", "\"a\"", "{", "}", "{}{}", "{} x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{,\"a\":1}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":1.}",
        "{\"a\":.5}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":0x1}", "{\"a\":NaN}", "{\"a\":tru}", "{\"a\":True}",
        "{\"a\":\"\u{1}\"}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"b}",
        "{\"a\":[1,]}", "{\"a\":[1", "{\"a\":{\"b\":1}", "{\"a\":1}\u{0}", "\u{FEFF}{}", "{\"a\":/**/1}",
        "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\udc00\"}",
        "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}",
        "{\"a\":" + String(repeating: "[", count: 17) + String(repeating: "]", count: 17) + "}",
    ]

    @Test("refuses what is not exactly one strict object", arguments: refused)
    func refusal(_ json: String) {
        #expect(throws: TokenError.malformed) { try Self.reader(json) }
    }

    @Test("refuses every beginning of an object")
    func truncation() {
        let json = Array(#"{"a":"x\u00e9\n","b":[1.5e-3,{"c":null}],"d":true}"#.utf8)
        for count in 0..<json.count {
            #expect(throws: TokenError.malformed) { try ClaimsReader(Array(json[..<count])) }
        }
        #expect(throws: Never.self) { try ClaimsReader(json) }
    }

    @Test("refuses bytes that are not UTF-8", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]])
    func encoding(_ text: [UInt8]) {
        let json = Array("{\"a\":\"".utf8) + text + Array("\"}".utf8)
        #expect(throws: TokenError.malformed) { try ClaimsReader(json) }
    }

    @Test("reads members whatever the spacing and escapes")
    func members() throws {
        let reader = try Self.reader(
            " {\r\n\t\"s\" : \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é\" , \"\\u0074\":true,\"f\":false, "
                + "\"l\":[ \"x\" ,\"\\u0079\"],\"e\":[ ],\"n\":null,\"o\":{\"s\":1}} ")
        #expect(try reader.string("s") == "a\"\\/\u{8}\u{C}\n\r\té😀é")
        #expect(try reader.bool("t") == true)
        #expect(try reader.bool("f") == false)
        #expect(try reader.strings("l") == ["x", "y"])
        #expect(try reader.strings("e") == [])
        #expect(try reader.string("n") == nil)
        #expect(try reader.string("absent") == nil)
        #expect(reader.contains("o") && !reader.contains("n"))
        #expect(reader.strings == ["s": "a\"\\/\u{8}\u{C}\n\r\té😀é"])
    }

    @Test("refuses a member of another type")
    func types() throws {
        let reader = try Self.reader(#"{"s":"1","n":1,"b":true,"l":["a",1]}"#)
        #expect(throws: TokenError.invalidClaims) { try reader.string("n") }
        #expect(throws: TokenError.invalidClaims) { try reader.bool("s") }
        #expect(throws: TokenError.invalidClaims) { try reader.seconds("s") }
        #expect(throws: TokenError.invalidClaims) { try reader.strings("l") }
        #expect(throws: TokenError.invalidClaims) { try reader.strings("s") }
        #expect(throws: TokenError.invalidClaims) { try reader.stringOrStrings("n") }
    }

    static let dates: [(String, Int64?)] = [
        ("0", 0), ("1763513213", 1_763_513_213), ("1763513213.0", 1_763_513_213), ("1763513213.0001", 1_763_513_214),
        ("-5", -5), ("-5.5", -5), ("-0", 0), ("999999999999999", 999_999_999_999_999), ("1000000000000000", nil),
        ("1e9", nil), ("1.5E3", nil),
    ]

    @Test("rounds a date up to a second", arguments: dates)
    func seconds(_ text: String, _ expected: Int64?) throws {
        let reader = try Self.reader("{\"exp\":\(text)}")
        if let expected {
            #expect(try reader.seconds("exp") == expected)
        } else {
            #expect(throws: TokenError.invalidClaims) { try reader.seconds("exp") }
        }
    }

    @Test("takes as many members as its limit, and no more")
    func memberLimit() throws {
        func object(_ count: Int) -> String { "{" + (0..<count).map { "\"m\($0)\":1" }.joined(separator: ",") + "}" }
        #expect(try Self.reader(object(ClaimsReader.memberCountMax)).contains("m63"))
        #expect(throws: TokenError.malformed) { try Self.reader(object(ClaimsReader.memberCountMax + 1)) }
    }

    @Test("takes as many bytes as its limit, and no more")
    func byteLimit() throws {
        let frame = "{\"a\":\"\"}".utf8.count
        func object(_ count: Int) -> String { "{\"a\":\"" + String(repeating: "x", count: count - frame) + "\"}" }
        #expect(try Self.reader(object(ClaimsReader.byteCountMax)).contains("a"))
        #expect(throws: TokenError.malformed) { try Self.reader(object(ClaimsReader.byteCountMax + 1)) }
    }
}
