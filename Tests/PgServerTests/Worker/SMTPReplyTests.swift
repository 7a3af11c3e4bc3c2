import Testing

@testable import PgServer

@Suite("A mail server's reply")
struct SMTPReplyTests {
    static let replies: [(String, Int, [String], String)] = [
        ("250 OK\r\n", 250, ["OK"], ""), ("250\r\n", 250, [""], ""), ("250 \r\n", 250, [""], ""),
        ("250-a\r\n250-b c\r\n250 d\r\nrest", 250, ["a", "b c", "d"], "rest"),
        ("354 go\r\n250 ok\r\n", 354, ["go"], "250 ok\r\n"),
        ("550 5.1.1 no such user\r\n", 550, ["5.1.1 no such user"], ""),
    ]

    @Test("is taken from what has arrived, however it is cut", arguments: replies)
    func parsing(_ text: String, _ code: Int, _ lines: [String], _ rest: String) throws {
        var whole = Array(text.utf8)
        #expect(try SMTPReply.take(from: &whole) == SMTPReply(code: code, lines: lines))
        #expect(whole == Array(rest.utf8))
        var buffer: [UInt8] = []
        var reply: SMTPReply?
        for byte in text.utf8.dropLast(rest.utf8.count) {
            #expect(reply == nil)
            buffer.append(byte)
            reply = try SMTPReply.take(from: &buffer)
        }
        #expect(reply == SMTPReply(code: code, lines: lines) && buffer.isEmpty)
    }

    @Test(
        "is nothing else",
        arguments: [
            "\r\n", "25 OK\r\n", "2500 OK\r\n", "abc OK\r\n", "250 OK\n", "250-a\r\n251 b\r\n", "250_OK\r\n",
            "150 x\r\n",
            "600 x\r\n", "250-a\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", String(repeating: "x", count: 2049),
            "250 " + String(repeating: "x", count: 2048) + "\r\n", String(repeating: "250-x\r\n", count: 129),
        ])
    func malformed(_ text: String) {
        var buffer = Array(text.utf8)
        #expect(throws: SMTPReply.Malformed.self) { try SMTPReply.take(from: &buffer) }
    }

    @Test("is shown to people without control characters and within bounds")
    func summary() {
        let reply = SMTPReply(code: 550, lines: ["a\u{1B}[31m\u{7F}" + String(repeating: "x", count: 300), "b"])
        #expect(reply.summary.hasPrefix("550 a[31mxxx"))
        #expect(reply.summary.count <= 204)
    }

    @Test(
        "doubles dots where one begins a line, and ends with one alone",
        arguments: [
            ("", ".\r\n"), ("a\r\n", "a\r\n.\r\n"), ("a", "a\r\n.\r\n"), (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.b\r\n..\r\nc.\r\n", "a\r\n..b\r\n...\r\nc.\r\n.\r\n"),
        ])
    func stuffing(_ message: String, _ expected: String) {
        #expect(SMTPSession.stuffed(Array(message.utf8)) == Array(expected.utf8))
    }
}
