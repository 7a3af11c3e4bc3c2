import Foundation
import Testing

@testable import PgServer

@Suite("A mail")
struct MailMessageTests {
    private func mail(_ changes: [String: Any] = [:]) throws -> MailEffect {
        let arguments: [String: Any] = [
            "from": "sender@example.com", "to": ["ada@example.org"], "subject": "Hello", "text": "One\nTwo",
            "message_id": "job-7",
        ]
        let all = arguments.merging(changes) { $1 }
        return try MailEffect(Array(try JSONSerialization.data(withJSONObject: all)))
    }

    private func text(_ changes: [String: Any] = [:]) throws -> String {
        String(decoding: MailMessage.bytes(try mail(changes), unixSeconds: 784_111_777), as: UTF8.self)
    }

    @Test("has the fields that RFC 5322 asks for, and its text")
    func plain() throws {
        #expect(
            try text() == """
                Date: Sun, 06 Nov 1994 08:49:37 +0000\r
                From: sender@example.com\r
                To: ada@example.org\r
                Subject: Hello\r
                Message-ID: <job-7@example.com>\r
                MIME-Version: 1.0\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r
                One\r
                Two\r\n
                """)
    }

    @Test("offers its text in both forms, the better one last")
    func alternatives() throws {
        let text = try text(["html": "<p>One</p>"])
        let parts = text.components(separatedBy: "\r\n--=_alternative")
        #expect(parts.count == 4)
        #expect(parts[0].contains("Content-Type: multipart/alternative; boundary=\"=_alternative\"\r\n"))
        #expect(parts[1].hasPrefix("\r\nContent-Type: text/plain; charset=utf-8\r\n"))
        #expect(parts[2].hasPrefix("\r\nContent-Type: text/html; charset=utf-8\r\n"))
        #expect(parts[2].hasSuffix("\r\n\r\n<p>One</p>\r\n"))
        #expect(parts[3] == "--\r\n")
        let html = try self.text(["text": NSNull(), "html": "<p>=_alternative</p>"])
        #expect(html.contains("Content-Type: text/html") && !html.contains("multipart"))
        #expect(html.hasSuffix("\r\n\r\n<p>=3D_alternative</p>\r\n"))
    }

    @Test("is ASCII in lines of at most 76 characters, whatever it says")
    func lines() throws {
        let long = String(repeating: "Grüße und \u{1F600} ", count: 50)
        for body in [
            long, String(repeating: "x", count: 5000), "\u{4F60}\u{597D}" + String(repeating: "\u{4E16}", count: 500),
        ] {
            let message = MailMessage.bytes(
                try mail([
                    "subject": long.trimmingCharacters(in: .whitespaces), "text": body, "html": body,
                    "from": "Jörg Müller-Lüdenscheidt von und zu Grünwald an der Würm <j@example.com>",
                    "to": (0..<40).map { "Empfänger Nummer \($0) <recipient-\($0)@example.org>" },
                    "headers": ["X-Note": long.trimmingCharacters(in: .whitespaces)],
                ]), unixSeconds: 0)
            #expect(message.allSatisfy { $0 < 0x80 })
            let lines = message.split(separator: 0x0A, omittingEmptySubsequences: false)
            #expect(lines.dropLast().allSatisfy { $0.last == 0x0D && !$0.dropLast().contains(0x0D) })
            #expect(lines.allSatisfy { $0.count <= 77 })
        }
    }

    static let fields: [([String: String], String)] = [
        (["subject": "Grüße"], "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"),
        (["subject": "=?UTF-8?B?eA==?="], "Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\r\n"),
        (["subject": ""], "Subject: \r\n"),
        (["from": "Ada L. <a@b.c>"], "From: \"Ada L.\" <a@b.c>\r\n"),
        (["from": "Ada Lovelace <a@b.c>"], "From: Ada Lovelace <a@b.c>\r\n"),
        (["from": #""A \"q\" \\" <a@b.c>"#], "From: \"A \\\"q\\\" \\\\\" <a@b.c>\r\n"),
        (["from": "Jörg <a@b.c>"], "From: =?UTF-8?B?SsO2cmc=?= <a@b.c>\r\n"),
        (["message_id": "<a.b:c@d.e>"], "Message-ID: <a.b:c@d.e>\r\n"),
        (["message_id": "5f0c-1"], "Message-ID: <5f0c-1@example.com>\r\n"),
    ]

    @Test("writes each field in a form that readers turn back into what was meant", arguments: fields)
    func field(_ changes: [String: String], _ line: String) throws {
        #expect(try text(changes).contains("\r\n" + line) || text(changes).hasPrefix(line))
    }

    @Test("takes further fields, and knows an address among them")
    func furtherFields() throws {
        let message = try text([
            "headers": ["Reply-To": "Jörg <r@example.com>", "List-Unsubscribe": "<https://example.com/u?a=b>"]
        ])
        #expect(message.contains("\r\nReply-To: =?UTF-8?B?SsO2cmc=?= <r@example.com>\r\n"))
        #expect(message.contains("\r\nList-Unsubscribe: <https://example.com/u?a=b>\r\n"))
    }

    @Test("has the idempotency key for its id, or one of its own")
    func messageID() throws {
        #expect(try mail(["message_id": NSNull(), "idempotency_key": "k"]).messageID == "<k@example.com>")
        let own = try mail(["message_id": NSNull()]).messageID
        #expect(own.hasSuffix("@example.com>"))
        #expect(own != (try mail(["message_id": NSNull()]).messageID))
    }

    static let refused: [(String, String)] = [
        (#"{"from":null}"#, "The argument from is missing."),
        (#"{"from":"x"}"#, "The argument from is not an address."),
        (#"{"from":"a@b\r\nBcc: c@d"}"#, "The argument from is not an address."),
        (#"{"to":null}"#, "The argument to names nobody."), (#"{"to":[]}"#, "The argument to names nobody."),
        (#"{"to":"a@b"}"#, "The argument to must be a list of texts."),
        (#"{"to":[1]}"#, "The argument to must be a text."),
        (#"{"to":["a@b","a@b, c@d"]}"#, "The argument to[1] is not an address."),
        (#"{"subject":null}"#, "The argument subject is missing."),
        (#"{"subject":"a\r\nBcc: b@c"}"#, "The argument subject has a control character."),
        (#"{"subject":"a\nb"}"#, "The argument subject has a control character."),
        (#"{"text":null}"#, "The argument text is missing, and html too."),
        (#"{"headers":{"X":"a\r\nBcc: b@c"}}"#, "The argument headers.X has a control character."),
        (#"{"headers":{"X\r\nBcc":"b@c"}}"#, "The argument headers has a name that no field can have."),
        (#"{"headers":{"Bcc":"b@c"}}"#, "The argument headers.Bcc is written by the server itself."),
        (#"{"headers":{"Content-Type":"x"}}"#, "The argument headers.Content-Type is written by the server itself."),
        (#"{"headers":{"from":"b@c"}}"#, "The argument headers.from is written by the server itself."),
        (#"{"headers":{"Reply-To":"x"}}"#, "The argument headers.Reply-To is not an address."),
        (#"{"message_id":"a b"}"#, "The argument message_id has a character that no Message-ID can have."),
        (#"{"message_id":"a>\r\nX: y"}"#, "The argument message_id has a character that no Message-ID can have."),
        (#"{"message_id":"a@b@c"}"#, "The argument message_id has a character that no Message-ID can have."),
    ]

    @Test("is refused with a sentence that names the argument", arguments: refused)
    func refusal(_ json: String, _ message: String) throws {
        let changes = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(throws: EffectFailure(.invalidRequest, message)) { try mail(changes) }
    }

    @Test("bounds its recipients, at their limit and one past")
    func recipients() throws {
        let texts = (0...MailEffect.recipientCountMax).map { "r\($0)@example.org" }
        #expect(try mail(["to": Array(texts.dropLast())]).recipients.count == MailEffect.recipientCountMax)
        #expect(throws: EffectFailure(.invalidRequest, "The argument to has more than 100 elements.")) {
            try mail(["to": texts])
        }
    }
}

@Suite("The encodings of a mail's text")
struct TransferEncodingTests {
    private func encoded(_ text: String, _ encoding: TransferEncoding) -> String {
        var out: [UInt8] = []
        encoding.append(Array(text.utf8), to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    // RFC 2045 §6.7
    static let quoted = [
        ("", ""), ("a", "a\r\n"), ("a\n", "a\r\n"), ("a\r\nb", "a\r\nb\r\n"), ("a\n\nb", "a\r\n\r\nb\r\n"),
        ("a=b", "a=3Db\r\n"), ("ü", "=C3=BC\r\n"), ("a \nb", "a=20\r\nb\r\n"), ("a\t", "a=09\r\n"), ("a b", "a b\r\n"),
        ("a\rb", "a=0Db\r\n"), ("\u{0}\u{7F}", "=00=7F\r\n"), ("\r", "=0D\r\n"),
        (String(repeating: "a", count: 75), String(repeating: "a", count: 75) + "\r\n"),
        (String(repeating: "a", count: 77), String(repeating: "a", count: 75) + "=\r\naa\r\n"),
        (String(repeating: "a", count: 74) + "ü", String(repeating: "a", count: 74) + "=\r\n=C3=BC\r\n"),
    ]

    @Test("quote what is not printable, blanks at the ends of lines, and long lines", arguments: quoted)
    func quotedPrintable(_ text: String, _ expected: String) {
        #expect(encoded(text, .quotedPrintable) == expected)
    }

    @Test("write base64 of full line ends")
    func base64() {
        #expect(encoded("a\nb\r\nc", .base64) == "YQ0KYg0KYw==\r\n")
        let long = encoded(String(repeating: "x", count: 58), .base64)
        #expect(long.split(separator: "\r\n").map(\.count) == [76, 4])
    }

    @Test("are chosen for their length")
    func choice() {
        #expect(TransferEncoding.best(for: Array("Grüße aus München".utf8)) == .base64)
        #expect(TransferEncoding.best(for: Array("One ü among many letters.".utf8)) == .quotedPrintable)
        #expect(TransferEncoding.best(for: []) == .quotedPrintable)
    }

    @Test(
        "are base64 as RFC 4648 §10 has it",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(_ text: String, _ expected: String) {
        var out: [UInt8] = []
        Base64.append(Array(text.utf8).span, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == expected)
    }
}
