import Testing

@testable import PgServer

@Suite("The URL of the mail server")
struct MailServerTests {
    @Test("says where it is, how it is kept secret, and who we are")
    func parsing() throws {
        let full = try #require(
            MailServer(parsing: "smtp://user%40example.com:p%3Ass%2F%C3%BC@Mail.Example:2525?starttls=required"))
        #expect(full.host == "mail.example" && full.port == 2525 && full.security == .startTLS)
        #expect(full.credentials == MailServer.Credentials(user: "user@example.com", password: "p:ss/ü"))
        let short = try #require(MailServer(parsing: "smtp://mail.example"))
        #expect(short.port == 587 && short.security == .startTLS && short.credentials == nil)
        let implicit = try #require(MailServer(parsing: "smtps://u:p@[2001:db8::1]/"))
        #expect(implicit.host == "2001:db8::1" && implicit.port == 465 && implicit.security == .implicitTLS)
        let relay = try #require(MailServer(parsing: "smtp://127.0.0.1:25?starttls=off"))
        #expect(relay.port == 25 && relay.security == .none)
    }

    @Test(
        "is refused if it is not clear, or would send a password in clear text",
        arguments: [
            "", "mail.example", "http://mail.example", "smtp:mail.example", "smtp://", "smtp://:25", "smtp://a:0",
            "smtp://a:65536", "smtp://a:x", "smtp://a:", "smtp://u@a", "smtp://u:@a", "smtp://:p@a", "smtp://u:p:q@a",
            "smtp://u:p%@a", "smtp://u:p%00q@a", "smtp://u:p@a?starttls=off", "smtp://a?starttls=no", "smtp://a?x=y",
            "smtps://a?starttls=off", "smtp://a/b", "smtp://a b", "smtp://[::1", "smtp://[127.0.0.1]", "smtp://a\r\nb",
        ])
    func refusal(_ text: String) {
        #expect(MailServer(parsing: text) == nil)
    }

    @Test("is a secret: the sentence about a faulty one does not repeat it")
    func secret() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(environment: Environment(["PGSERVER_SMTP_URL": "smtp://u:hunter2@a?starttls=off"]))
        }
        #expect(error?.sentences.count == 1)
        #expect(error?.sentences.contains { $0.contains("hunter2") } == false)
        #expect(
            error?.sentences.first?.hasPrefix("PGSERVER_SMTP_URL: its value is not valid; expected smtp://") == true)
    }
}
