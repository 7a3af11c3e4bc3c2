import Testing

@testable import PgServer

@Suite("A template")
struct TemplateTests {
    enum Slot: String, TemplateSlot { case a, b }

    static func write(_ text: String, as form: TemplateForm = .json, a: SlotValue, b: SlotValue) throws -> String {
        var out: [UInt8] = []
        try Template<Slot>(parsing: text).write(into: &out, as: form) { $0 == .a ? a : b }
        return String(decoding: out, as: UTF8.self)
    }

    static let written: [(String, String)] = [
        ("", ""),
        ("{}", "{}"),
        ("${a}", "\"q\\\"\\n\""),
        (#"{"a":${a},"b":${b}}"#, #"{"a":"q\"\n","b":null}"#),
        (#"{"a":${a}[[b:,"b":${b}]]}"#, #"{"a":"q\"\n"}"#),
        (#"{[[a:"a":[${a}]]]}"#, #"{"a":["q\"\n"]}"#),
        (#"[[a:x[[b:y]]z]]"#, "xz"),
        (#"[[a:x[[a:y]]]]"#, "xy"),
        ("[[1,2],[3]]", "[[1,2],[3]]"),
        ("$5 {a}", "$5 {a}"),
    ]

    @Test("is written with its slots as JSON, and its sections if they have a value", arguments: written)
    func writing(_ text: String, _ expected: String) throws {
        #expect(try Self.write(text, a: .text("q\"\n"), b: .absent) == expected)
    }

    @Test("writes bare text in a header")
    func bare() throws {
        #expect(try Self.write("${a}-${b}", as: .bare, a: .text("q\""), b: .number(-7)) == "q\"--7")
        #expect(try Self.write("${a}", as: .bare, a: .absent, b: .absent) == "")
    }

    static let refused: [(String, TemplateError)] = [
        ("${c}", .unknownSlot("c")), ("${", .unbalanced), ("[[c:x]]", .unknownSlot("c")), ("[[a:x", .unbalanced),
        ("[[a:[x]]", .unbalanced), ("x]]", .unbalanced), ("[x", .unbalanced), ("${}", .unknownSlot("")),
    ]

    @Test("is refused if it names no slot or is unbalanced", arguments: refused)
    func refuses(_ text: String, _ error: TemplateError) {
        #expect(throws: error) { try Template<Slot>(parsing: text) }
    }

    @Test("knows when it is nothing but one slot")
    func only() throws {
        #expect(try Template<Slot>(parsing: "${a}").isOnly(.a))
        #expect(try !Template<Slot>(parsing: "${b}").isOnly(.a))
        #expect(try !Template<Slot>(parsing: " ${a}").isOnly(.a))
    }
}
