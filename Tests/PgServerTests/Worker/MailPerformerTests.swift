import Foundation
import Synchronization
import Testing

@testable import PgServer

/// Mails to a scripted server without TLS; a real one with TLS and a password takes mails in the contract tests.
@Suite("The performer of mails")
struct MailPerformerTests {
    private static var mail: [String: Any] {
        [
            "from": "Sender <sender@example.com>", "to": ["ada@example.org", "Bob <bob@example.org>"],
            "subject": "Hello", "text": ".dot\nend", "message_id": "job-7",
        ]
    }

    private func performer(_ url: String?) throws -> MailPerformer {
        let network = OutsideNetwork(lookup: NameLookup { _ in .noSuchName }, tls: try TLSContext())
        return MailPerformer(network, server: try url.map { try #require(MailServer(parsing: $0)) })
    }

    private func performer(_ server: ScriptedServer, _ options: String = "?starttls=off") throws -> MailPerformer {
        try performer("smtp://127.0.0.1:\(server.port)\(options)")
    }

    /// Plays a server that answers each line as the table says, and writes down what it was told.
    private func server(
        _ answers: [(String, String)], greeting: String = "220 mail.example ESMTP", heard: Heard = Heard()
    ) throws -> ScriptedServer {
        try ScriptedServer { peer, _ in
            peer.send(greeting + "\r\n")
            while true {
                let line = peer.receive(until: "\r\n")
                guard !line.isEmpty else { return }
                heard.add(line)
                guard let answer = answers.first(where: { line.hasPrefix($0.0) })?.1 else {
                    peer.send("250 OK\r\n")
                    continue
                }
                peer.send(answer + "\r\n")
                if line == "DATA\r\n", answer.hasPrefix("354") {
                    heard.add(peer.receive(until: "\r\n.\r\n"))
                    peer.send((answers.first { $0.0 == "." }?.1 ?? "250 taken") + "\r\n")
                }
            }
        }
    }

    private final class Heard: Sendable {
        private let all = Mutex<[String]>([])
        func add(_ line: String) { all.withLock { $0.append(line) } }
        var lines: [String] { all.withLock { $0 } }
    }

    private static let ready = [("EHLO", "250-mail.example\r\n250-SIZE 10000\r\n250 8BITMIME"), ("DATA", "354 go")]

    @Test("hands a mail over as RFC 5321 has it")
    func delivery() async throws {
        let heard = Heard()
        let server = try server(Self.ready, heard: heard)
        let outcome = try await performer(server).outcome(of: .mail, Self.mail)
        #expect(outcome.members["accepted"] as? [String] == ["ada@example.org", "bob@example.org"])
        #expect((outcome.members["rejected"] as? [Any])?.isEmpty == true)
        #expect(outcome.members["error"] == nil)
        let lines = heard.lines
        #expect(lines[0].hasPrefix("EHLO ") && lines[0].count > 7)
        #expect(lines[1].hasPrefix("MAIL FROM:<sender@example.com> SIZE="))
        #expect(Array(lines[2...4]) == ["RCPT TO:<ada@example.org>\r\n", "RCPT TO:<bob@example.org>\r\n", "DATA\r\n"])
        #expect(lines[5].contains("\r\nTo: ada@example.org, Bob <bob@example.org>\r\n"))
        #expect(lines[5].hasSuffix("\r\n\r\n..dot\r\nend\r\n.\r\n"))
    }

    @Test("tells of each recipient who was not taken, and sends to the others")
    func someRejected() async throws {
        let answers = Self.ready + [("RCPT TO:<ada", "550 5.1.1 no such user"), ("RCPT TO:<bob", "250 OK")]
        let outcome = try await performer(try server(answers)).outcome(of: .mail, Self.mail)
        #expect(outcome.members["accepted"] as? [String] == ["bob@example.org"])
        let rejected = try #require((outcome.members["rejected"] as? [[String: Any]])?.first)
        #expect(rejected["address"] as? String == "ada@example.org" && rejected["code"] as? Int == 550)
        #expect(rejected["temporary"] as? Bool == false)
        #expect(rejected["message"] as? String == "550 5.1.1 no such user")
        #expect(outcome.members["error"] == nil)
    }

    static let failures: [([(String, String)], String)] = [
        ([("EHLO", "250 mail.example"), ("RCPT", "550 no")], "rejected"),
        (
            [("EHLO", "250 mail.example"), ("RCPT TO:<ada", "550 no"), ("RCPT TO:<bob", "450 later")],
            "temporary_failure"
        ),
        ([("EHLO", "250 mail.example"), ("RCPT", "421 closing")], "temporary_failure"),
        ([("EHLO", "250 mail.example"), ("MAIL", "451 greylisted")], "temporary_failure"),
        ([("EHLO", "250 mail.example"), ("MAIL", "530 authentication required")], "rejected"),
        ([("EHLO", "250 mail.example"), ("DATA", "354 go"), (".", "552 too much")], "rejected"),
        ([("EHLO", "250 mail.example"), ("DATA", "354 go"), (".", "452 no room")], "temporary_failure"),
        ([("EHLO", "502 what")], "rejected"), ([("EHLO", "hello")], "malformed_response"),
        ([("EHLO", "250-mail.example\r\n250 SIZE 100")], "too_large"),
    ]

    @Test("says whether another attempt can help", arguments: failures)
    func failure(_ answers: [(String, String)], _ code: String) async throws {
        let outcome = try await performer(try server(answers)).outcome(of: .mail, Self.mail)
        #expect(outcome.errorCode == code)
        #expect((outcome.members["accepted"] as? [Any])?.isEmpty == true)
        #expect(outcome.members["rejected"] is [Any])
    }

    @Test("heeds a greeting that sends it away")
    func greeting() async throws {
        let closed = try server([], greeting: "554 no service here")
        #expect(try await performer(closed).outcome(of: .mail, Self.mail).errorCode == "rejected")
        let busy = try server([], greeting: "421 too busy")
        #expect(try await performer(busy).outcome(of: .mail, Self.mail).errorCode == "temporary_failure")
    }

    @Test("sends neither mail nor password where TLS was asked for and is not offered")
    func noTLS() async throws {
        let heard = Heard()
        let server = try server(
            [("EHLO", "250-mail.example\r\n250 AUTH PLAIN LOGIN"), ("DATA", "354 go")], heard: heard)
        let performer = try performer("smtp://user:password@127.0.0.1:\(server.port)")
        let outcome = try await performer.outcome(of: .mail, Self.mail)
        #expect(outcome.errorCode == "tls_failed")
        #expect(heard.lines.allSatisfy { $0.hasPrefix("EHLO") || $0 == "QUIT\r\n" })
    }

    @Test("believes nothing that was sent before TLS and could be read after it")
    func injectedReply() async throws {
        let server = try server([
            ("EHLO", "250-mail.example\r\n250 STARTTLS"), ("STARTTLS", "220 go\r\n250 injected"),
        ])
        let outcome = try await performer(server, "").outcome(of: .mail, Self.mail)
        #expect(outcome.errorCode == "tls_failed")
        #expect(outcome.errorMessage == "The mail server sent more before TLS than it may.")
    }

    @Test("ends at its limit of time")
    func timeout() async throws {
        let server = try ScriptedServer { peer, _ in peer.waitForEnd() }
        let outcome = try await performer(server).outcome(of: .mail, Self.mail, timeout: .milliseconds(50))
        #expect(outcome.errorCode == "timeout")
    }

    @Test("says that no mail server is configured")
    func notConfigured() async throws {
        let outcome = try await performer(nil as String?).outcome(of: .mail, Self.mail)
        #expect(outcome.errorCode == "mail_not_configured")
    }

    @Test("reads no arguments that are none")
    func arguments() async throws {
        let outcome = try await performer("smtps://localhost").outcome(of: .mail, ["to": []])
        #expect(outcome.errorCode == "invalid_request")
        #expect(outcome.errorMessage == "The argument from is missing.")
    }
}
