import Foundation
import Testing

@testable import PgServer

/// Mails that a real server takes: aiosmtpd from PyPI, with TLS and a password.
@Suite(
    "An outside mail", .enabled(if: TestCluster.isAvailable, "make test gives it a folder"),
    .enabled(if: MailReceiver.python != nil, "aiosmtpd is absent and cannot be installed from PyPI"))
struct OutsideMailTests {
    /// Name and password as a URL has them.
    static let password = "user%40example.com:p%3Ass%2F%C3%BC"

    private func performer(_ url: String, trusting certificate: Certificate?) throws -> MailPerformer {
        let network = try Outside.network(trusting: certificate)
        let server = try #require(MailServer(parsing: url))
        return MailPerformer(network, server: server)
    }

    private static let text = "Grüße,\nsehr lange Zeile: " + String(repeating: "wort ", count: 100) + "\n.\n.. Ende \n"
    private static let html = "<p>Grüße &amp; mehr = gut</p>\n"

    private static func mail(to recipients: [String]) -> [String: Any] {
        [
            "from": "Jörg <sender@example.com>", "to": recipients,
            "subject": "Grüße \u{1F600} " + String(repeating: "x", count: 90),
            "text": text, "html": html, "headers": ["Reply-To": "reply@example.com", "X-Note": "ä"],
            "message_id": "job-42",
        ]
    }

    @Test(
        "arrives over STARTTLS or TLS from the start, with a password, as it was meant",
        arguments: ["starttls", "implicit"])
    func delivery(_ mode: String) async throws {
        let certificate = try Certificate(for: "DNS:mail.test")
        let receiver = try MailReceiver.start(certificate, mode)
        let scheme = mode == "implicit" ? "smtps" : "smtp"
        let performer = try performer("\(scheme)://\(Self.password)@mail.test:\(receiver.port)", trusting: certificate)
        let outcome = try await Outside.perform(
            performer, .mail,
            Self.mail(to: ["Ada Lovelace <ada@example.org>", "nobody@example.org", "bob@example.org"]))
        #expect(outcome["accepted"] as? [String] == ["ada@example.org", "bob@example.org"], "\(outcome)")
        let rejected = try #require(outcome["rejected"] as? [[String: Any]])
        #expect(rejected.map { $0["address"] as? String } == ["nobody@example.org"])
        #expect(rejected.first?["message"] as? String == "550 5.1.1 No such user")

        try eventually("the mail arrives") { !receiver.lines.isEmpty }
        let mail = try Outside.object(Array(try #require(receiver.lines.first).utf8))
        #expect(mail["tls"] as? Bool == true && mail["is_authenticated"] as? Bool == true)
        #expect(mail["from"] as? String == "sender@example.com")
        #expect(mail["to"] as? [String] == ["ada@example.org", "bob@example.org"])
        #expect((mail["defects"] as? [String])?.isEmpty == true, "\(mail["defects"] ?? "")")
        #expect((mail["longest_line"] as? Int ?? .max) <= 76)
        let headers = Dictionary(
            (mail["headers"] as? [[String]] ?? []).map { ($0[0].lowercased(), $0[1]) },
            uniquingKeysWith: { "\($0) \($1)" })
        #expect(headers["subject"] == "Grüße \u{1F600} " + String(repeating: "x", count: 90))
        #expect(headers["from"] == "Jörg <sender@example.com>")
        #expect(headers["to"] == "Ada Lovelace <ada@example.org>, nobody@example.org, bob@example.org")
        #expect(headers["reply-to"] == "reply@example.com" && headers["x-note"] == "ä")
        #expect(headers["message-id"] == "<job-42@example.com>")
        #expect(headers["date"]?.hasSuffix(" +0000") == true)
        #expect(mail["type"] as? String == "multipart/alternative")
        let parts = mail["parts"] as? [[String]] ?? []
        #expect(parts.map { $0[0] } == ["text/plain", "text/html"])
        // Lines of a mail end with CR LF (RFC 5322, 2.3).
        #expect(parts.map { $0[1] } == [Self.text, Self.html].map { $0.replacingOccurrences(of: "\n", with: "\r\n") })
    }

    @Test("is not sent with a wrong password, and the error does not repeat it")
    func wrongPassword() async throws {
        let certificate = try Certificate(for: "DNS:mail.test")
        let receiver = try MailReceiver.start(certificate, "starttls")
        let performer = try performer("smtp://user:hunter2@mail.test:\(receiver.port)", trusting: certificate)
        let outcome = try await Outside.perform(performer, .mail, Self.mail(to: ["ada@example.org"]))
        #expect(Outside.errorCode(outcome) == "authentication_failed")
        #expect(!"\(outcome)".contains("hunter2"))
        #expect(receiver.lines.isEmpty)
    }

    @Test("is not sent to a server whose certificate is another's or nobody's")
    func wrongName() async throws {
        let certificate = try Certificate(for: "DNS:other.test")
        for (mode, scheme) in [("starttls", "smtp"), ("implicit", "smtps")] {
            let receiver = try MailReceiver.start(certificate, mode)
            for authority in [certificate, nil] {
                let performer = try performer(
                    "\(scheme)://\(Self.password)@mail.test:\(receiver.port)", trusting: authority)
                let outcome = try await Outside.perform(performer, .mail, Self.mail(to: ["ada@example.org"]))
                #expect(Outside.errorCode(outcome) == "tls_failed", "\(outcome)")
            }
            #expect(receiver.lines.isEmpty)
        }
    }

    @Test("is worth another attempt when the server says so")
    func temporary() async throws {
        let certificate = try Certificate(for: "DNS:mail.test")
        let receiver = try MailReceiver.start(certificate, "starttls")
        let performer = try performer(
            "smtp://\(Self.password)@mail.test:\(receiver.port)", trusting: certificate)
        let later = try await Outside.perform(performer, .mail, Self.mail(to: ["later@example.org"]))
        #expect(Outside.errorCode(later) == "temporary_failure")
        let never = try await Outside.perform(performer, .mail, Self.mail(to: ["nobody@example.org"]))
        #expect(Outside.errorCode(never) == "rejected")
        #expect(receiver.lines.isEmpty)
    }
}

/// A mail server from PyPI, and the Python that has it.
enum MailReceiver {
    static func start(_ certificate: Certificate, _ mode: String) throws -> OutsideProgram {
        try OutsideProgram(
            "mail_receiver.py", [certificate.path, certificate.keyPath, mode], python: try #require(python))
    }

    /// Installs aiosmtpd once, where the provers keep what they have from PyPI; nil if it cannot be had.
    static let python: String? = {
        guard TestCluster.isAvailable else { return nil }
        let folder = Project.root + "/.build-prove/mail"
        let candidates = ["python3", Project.root + "/.build-prove/venv/bin/python3", folder + "/bin/python3"]
        if let python = candidates.first(where: hasServer) { return python }
        let install = [
            ("python3", ["-m", "venv", folder]),
            (
                folder + "/bin/python3",
                [
                    "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout",
                    "10",
                    "aiosmtpd==1.4.*",
                ]
            ),
        ]
        for (program, arguments) in install where (try? Subprocess.run(program, arguments))?.status != 0 { return nil }
        return candidates.last.flatMap { hasServer($0) ? $0 : nil }
    }()

    private static func hasServer(_ python: String) -> Bool {
        (try? Subprocess.run(python, ["-c", "import aiosmtpd"]))?.status == 0
    }
}
