import Testing

@testable import PgServer

@Suite("A mail address")
struct MailAddressTests {
    static let addresses: [(String, String?, String)] = [
        ("ada@example.com", nil, "ada@example.com"), ("Ada <ada@example.com>", "Ada", "ada@example.com"),
        ("  Ada  Lovelace <a.b+c@d-e.example>", "Ada  Lovelace", "a.b+c@d-e.example"),
        ("\"Lovelace, Ada\" <ada@example.com>", "Lovelace, Ada", "ada@example.com"),
        (#""a \"b\" \\ c" <ada@example.com>"#, #"a "b" \ c"#, "ada@example.com"),
        ("<ada@localhost>", nil, "ada@localhost"),
        ("Jörg <j@xn--bcher-kva.example>", "Jörg", "j@xn--bcher-kva.example"),
        ("!#$%&'*+-/=?^_`{|}~@a", nil, "!#$%&'*+-/=?^_`{|}~@a"),
        (String(repeating: "l", count: 64) + "@a", nil, String(repeating: "l", count: 64) + "@a"),
    ]

    @Test("is read with its name or without", arguments: addresses)
    func parsing(_ text: String, _ name: String?, _ address: String) throws {
        let mailbox = try #require(MailAddress(parsing: text))
        #expect(mailbox.displayName == name)
        #expect(mailbox.address == address)
    }

    @Test(
        "is nothing that a server could understand otherwise",
        arguments: [
            "", "ada", "@example.com", "ada@", "a@b@c", "a b@c", "a..b@c", ".a@c", "a.@c", "a@b..c", "a@.b", "a@b.",
            "a@-b",
            "a@b-", "a@b_c", "a@[127.0.0.1]", "\"a b\"@c", "jörg@c", "a@bücher.example", "a@c\r\nRCPT TO:<b@c>",
            "a@c>\r\nDATA", "Ada\r\nBcc: b@c <a@c>", "Ada\u{0} <a@c>", "Ada <a@c", "Ada a@c>", "<a@c> Ada", "a@c, b@c",
            "\"Ada <a@c>", "\"A\"da\" <a@c>", "A\"da <a@c>", "<<a@c>>", "\"Ada\\\" <a@c>", "a(comment)@c", "a@c;b@c",
            String(repeating: "l", count: 65) + "@a", "a@" + String(repeating: "l", count: 64),
            "a@" + String(repeating: "l.", count: 130) + "b",
        ])
    func refusal(_ text: String) {
        #expect(MailAddress(parsing: text) == nil)
    }
}
