import Testing

@testable import PgServer

func isJSON(_ text: [UInt8]) -> Bool { JSONScanner.validValue(of: text.span) != nil }

func isObject(_ text: [UInt8]) -> Bool {
    var object = JSONObject()
    return object.readValid(text.span)
}

@Suite("The JSON scanner")
struct JSONScannerTests {
    static let accepted: [String] = [
        "null", "true", "false", "0", "-0", "1", "-12", "1.5", "-0.0", "1e5", "1E+5", "1.25e-10",
        "123123e100000", "-237462374673276894279832749832423479823246327846", "0e1", #""""#, #""a""#, #""\u0041""#,
        #""\"\\\/\b\f\n\r\t""#, #""\ud83d\ude00""#, #""\uDBFF\uDFFF""#, "\"\u{7F}\"", "\"é€😀\"", "\"\u{10FFFF}\"",
        "\"\u{2028}\"", "[]", "[ ]", "{}", "{ }", " \n\r\t[1 , 2 ]\n", "[[],{}]", #"{"a":1}"#, #"{"a":{"b":[1,2]}}"#,
        #"{"":0}"#, #"{"a":1,"a":2}"#, "[1,null,true,\"\"]", "[0e+1]", "[-1]", "\"\\u0060\\u012a\"",
    ]

    @Test("accepts what RFC 8259 does", arguments: accepted)
    func accepts(_ text: String) throws {
        let bytes = Array(text.utf8)
        let value = try JSONScanner.value(of: bytes.span)
        #expect(!value.range.isEmpty && value.end <= bytes.count)
    }

    static let refused: [(String, JSONError.Reason)] = [
        ("", .unexpectedEnd), (" ", .unexpectedEnd), ("nul", .unexpectedEnd), ("nulL", .unexpectedByte),
        ("True", .unexpectedByte), ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte),
        ("-Infinity", .malformedNumber), ("-", .unexpectedEnd), ("+1", .unexpectedByte), (".5", .unexpectedByte),
        ("1.", .unexpectedEnd), ("1.e1", .malformedNumber), ("01", .malformedNumber), ("-01", .malformedNumber),
        ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd), ("1ea", .malformedNumber), ("0x1", .trailingBytes),
        ("1_000", .trailingBytes), ("--1", .malformedNumber), ("1 2", .trailingBytes), ("[] []", .trailingBytes),
        ("[", .unexpectedEnd), ("]", .unexpectedByte), ("[1", .unexpectedEnd), ("[1,]", .unexpectedByte),
        ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("[1}", .unexpectedByte), ("{", .unexpectedEnd),
        ("{]", .unexpectedByte), (#"{"a"}"#, .unexpectedByte), (#"{"a":}"#, .unexpectedByte),
        (#"{"a":1,}"#, .unexpectedByte), (#"{a:1}"#, .unexpectedByte), ("{1:1}", .unexpectedByte),
        (#"{"a":1"#, .unexpectedEnd), (#"{"a":1]"#, .unexpectedByte), (#"{"a" 1}"#, .unexpectedByte),
        ("'a'", .unexpectedByte), ("\"a", .unexpectedEnd), (#""\"#, .unexpectedEnd), (#""\a""#, .malformedEscape),
        (#""\u12""#, .malformedEscape), (#""\u12"#, .unexpectedEnd), (#""\u00G0""#, .malformedEscape),
        (#""\U0041""#, .malformedEscape), ("\"\n\"", .controlCharacter), ("\"\t\"", .controlCharacter),
        ("\"\u{0}\"", .controlCharacter), (#""\ud800""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate),
        (#""\ud800\ud800""#, .loneSurrogate), (#""\ud800a""#, .loneSurrogate), (#""\ud800\n""#, .loneSurrogate),
        (#""\u0000""#, .nulCharacter), (#"{"a":["\u0000"]}"#, .nulCharacter), (#"{"\u0000":1}"#, .nulCharacter),
        ("\u{FEFF}1", .unexpectedByte), ("/**/1", .unexpectedByte), ("\u{A0}1", .unexpectedByte),
        ("[1\u{0C}]", .unexpectedByte),
    ]

    @Test("refuses everything else, and says why", arguments: refused)
    func refuses(_ text: String, _ reason: JSONError.Reason) {
        let error = #expect(throws: JSONError.self) { try JSONScanner.value(of: Array(text.utf8).span) }
        #expect(error?.reason == reason)
        #expect(error.map { $0.offset <= text.utf8.count } == true)
    }

    static let malformed: [[UInt8]] = [
        [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    @Test("refuses bytes that are not UTF-8", arguments: malformed)
    func notUTF8(_ sequence: [UInt8]) {
        let text = [UInt8(ascii: "\"")] + sequence + [UInt8(ascii: "\"")]
        #expect(throws: JSONError(reason: .malformedUTF8, offset: 1)) { try JSONScanner.value(of: text.span) }
    }

    @Test("counts depth, of arrays and objects alike", arguments: [("[", "]"), (#"{"a":["#, "]}")])
    func depth(_ open: String, _ close: String) {
        let levels = open.utf8.filter { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }.count
        let most = JSONScanner.depthMax / levels
        func text(_ count: Int) -> [UInt8] {
            Array((String(repeating: open, count: count) + String(repeating: close, count: count)).utf8)
        }
        #expect(isJSON(text(most)))
        let error = #expect(throws: JSONError.self) { try JSONScanner.value(of: text(most + 1).span) }
        #expect(error?.reason == .tooDeep)
        #expect(!isObject(Array((#"{"a":"# + String(decoding: text(most), as: UTF8.self) + "}").utf8)))
    }

    @Test("survives a hundred thousand brackets", arguments: ["[", #"{"a":"#, "[{\"a\":"])
    func hostileDepth(_ open: String) {
        let text = Array(String(repeating: open, count: 100_000).utf8)
        #expect(!isJSON(text))
    }

    static let sample = #" {"a\n" : [1.5e-3, "é\ud83d\ude00", {"b": null}, true ] , "c":{}, "d":"x" } "#

    @Test("refuses a text cut at any byte, and never reads past it")
    func truncated() {
        let bytes = Array(Self.sample.utf8)
        let end = bytes.count - 1  // the last byte is white space
        for count in 0..<end {
            #expect(!isJSON(Array(bytes[..<count])))
            #expect(!isObject(Array(bytes[..<count])))
        }
        #expect(isObject(Array(bytes[..<end])))
    }

    @Test("survives any byte in any place")
    func mutated() {
        var bytes = Array(Self.sample.utf8)
        for index in bytes.indices {
            let original = bytes[index]
            for byte in UInt8.min...UInt8.max {
                bytes[index] = byte
                let isValue = JSONScanner.validValue(of: bytes.span)?.kind == .object
                #expect(isObject(bytes) == isValue)
            }
            bytes[index] = original
        }
    }

    @Test("tells where members and elements stand, and decodes strings")
    func members() throws {
        let bytes = Array(Self.sample.utf8)
        var object = JSONObject()
        let kind = try object.read(bytes.span)
        #expect(kind == .object)
        #expect(object.members.map { String(decoding: object.names[$0.name], as: UTF8.self) } == ["a\n", "c", "d"])
        #expect(object.members.map(\.value.kind) == [.array, .object, .string])
        let (text, noText) = (object.string(for: "d", in: bytes.span), object.string(for: "c", in: bytes.span))
        #expect(text == "x")
        #expect(noText == nil)
        var elements = JSONElements(of: object.members[0].value)
        var kinds: [JSONValue.Kind] = []
        while let element = elements.next(in: bytes.span) {
            kinds.append(element.kind)
            guard element.kind == .string else { continue }
            var text: [UInt8] = []
            element.appendString(of: bytes.span, to: &text)
            #expect(String(decoding: text, as: UTF8.self) == "é😀")
        }
        #expect(kinds == [.number, .string, .object, .boolean])
    }

    @Test("finds a name that stands twice, however it is written", arguments: [2, 16, 17, 3000])
    func duplicates(_ count: Int) throws {
        let members = (0..<count).map { "\"k\($0)\":\($0)" }
        var object = JSONObject()
        _ = try object.read(Array("{\(members.joined(separator: ","))}".utf8).span)
        #expect(object.duplicateName() == nil)
        _ = try object.read(Array("{\(members.joined(separator: ",")),\"\\u006b1\":0}".utf8).span)
        let name = try #require(object.duplicateName())
        #expect(String(decoding: object.names[name], as: UTF8.self) == "k1")
    }

    @Test("reads back every string the writer writes")
    func writer() throws {
        for scalar in (0...0xFFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init) where scalar != "\u{0}" {
            let text = "a\(Character(scalar))b"
            var out: [UInt8] = []
            JSONWriter.appendQuoted(text, to: &out)
            var again: [UInt8] = []
            JSONWriter.appendQuoted(Array(text.utf8).span, to: &again)
            #expect(out == again)
            var decoded: [UInt8] = []
            try JSONScanner.value(of: out.span).appendString(of: out.span, to: &decoded)
            #expect(decoded.elementsEqual(text.utf8))
        }
    }

    @Test("reads what the writer makes of bytes that are no text", arguments: malformed)
    func replaces(_ sequence: [UInt8]) throws {
        var out: [UInt8] = []
        JSONWriter.appendQuoted(([UInt8(ascii: "a")] + sequence).span, to: &out)
        #expect(isJSON(out))
        #expect(String(decoding: out, as: UTF8.self).contains("\u{FFFD}"))
    }
}
