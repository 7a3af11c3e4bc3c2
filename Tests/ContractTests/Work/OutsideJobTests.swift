import Foundation
import Testing

@testable import PgServer

/// Effects from the row to the receiver and back, by a worker of its own.
@Suite("An outside effect of a job", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct OutsideJobTests {
    private static let shop = Result {
        let shop = try Workshop()
        try shop.connect().run(
            """
            SET ROLE pgserver_owner;
            CREATE TABLE labour.outcomes (name text NOT NULL, outcome jsonb NOT NULL);
            GRANT INSERT ON labour.outcomes TO worker;
            CREATE FUNCTION labour.heard(arguments jsonb, outcome jsonb) RETURNS void LANGUAGE sql
            VOLATILE PARALLEL UNSAFE SECURITY INVOKER
            BEGIN ATOMIC
                INSERT INTO labour.outcomes (name, outcome) VALUES (arguments ->> 'name', outcome);
            END;
            GRANT EXECUTE ON FUNCTION labour.heard(jsonb, jsonb) TO worker;
            SELECT work.job_kind('labour.request', 'labour.heard', effect => 'http');
            SELECT work.job_kind('labour.letter', 'labour.heard', effect => 'mail');
            RESET ROLE;
            """)
        return shop
    }

    private func shop() throws -> Workshop { try Workshop(over: Self.shop.get().url) }

    /// Has a job done and waits for its end.
    private func perform(
        _ kind: String, _ arguments: [String: Any], in shop: Workshop
    ) throws -> (id: String, state: String?, outcomes: [[String: Any]]) {
        let name = "\(shop.queue)-\(Probe.unique())"
        let json = try JSONSerialization.data(withJSONObject: arguments.merging(["name": name]) { $1 })
        let id = try shop.enqueue(kind, String(decoding: json, as: UTF8.self))
        try eventually("the job ends") { !["waiting", "running"].contains(try shop.state(id)) }
        let rows = try shop.connect().rows("SELECT outcome FROM labour.outcomes WHERE name = $1", [name])
        let outcomes = try rows.compactMap { $0.first ?? nil }.map { try Outside.object(Array($0.utf8)) }
        return (id, try shop.state(id), outcomes)
    }

    @Test("is performed, and what came of it is handed to SQL once")
    func request() throws {
        let shop = try shop()
        let receiver = try OutsideProgram("http_receiver.py", ["127.0.0.2"])
        let worker = try shop.startWorker(2, ["PGSERVER_EGRESS_ALLOW": "127.0.0.2"])
        defer { worker.stop() }
        let job = try perform(
            "request", ["url": "http://127.0.0.2:\(receiver.port)/echo", "method": "POST", "body": "ü"], in: shop)
        #expect(job.state == "completed" && job.outcomes.count == 1)
        let outcome = try #require(job.outcomes.first)
        #expect(outcome["status"] as? Int == 200 && outcome["is_done"] as? Bool == true, "\(outcome)")
        let seen = try Outside.object(Array(try #require(outcome["body"] as? String).utf8))
        let headers = try #require(seen["headers"] as? [String: String])
        #expect(seen["body"] as? String == "ü")
        #expect(headers["idempotency-key"] == "job-\(job.id)")
    }

    @Test("is refused on its way to an address that is not allowed, by a redirect or by the address of a name")
    func refused() throws {
        let shop = try shop()
        let receiver = try OutsideProgram("http_receiver.py", ["127.0.0.2"])
        let worker = try shop.startWorker(2, ["PGSERVER_EGRESS_ALLOW": "127.0.0.2"])
        defer { worker.stop() }
        let target = "http%3A%2F%2F127.0.0.1%3A\(receiver.port)%2Fecho"
        for url in [
            "http://127.0.0.2:\(receiver.port)/redirect?to=\(target)", "http://localhost:\(receiver.port)/echo",
        ] {
            let job = try perform("request", ["url": url], in: shop)
            #expect(job.state == "failed" && job.outcomes.count == 1, "\(url): it is not tried again")
            #expect(job.outcomes.first.flatMap { Outside.errorCode($0) } == "address_not_allowed", "\(url)")
            #expect(job.outcomes.first?["is_done"] as? Bool == false)
        }
    }

    @Test(
        "is a mail that arrives over STARTTLS, with the password of PGSERVER_SMTP_URL",
        .enabled(if: MailReceiver.python != nil, "aiosmtpd is absent and cannot be installed from PyPI"))
    func mail() throws {
        let shop = try shop()
        let certificate = try Certificate(for: "IP:127.0.0.1")
        let receiver = try MailReceiver.start(certificate, "starttls")
        let worker = try shop.startWorker(
            2,
            [
                "PGSERVER_SMTP_URL": "smtp://\(OutsideMailTests.password)@127.0.0.1:\(receiver.port)",
                "PGSERVER_EGRESS_CA_FILE": certificate.path,
            ])
        defer { worker.stop() }
        let job = try perform(
            "letter",
            ["from": "sender@example.com", "to": ["ada@example.org"], "subject": "Grüße", "text": "Hallo\n"], in: shop)
        #expect(job.state == "completed", "\(job.outcomes)")
        #expect(job.outcomes.first?["accepted"] as? [String] == ["ada@example.org"])
        try eventually("the mail arrives") { !receiver.lines.isEmpty }
        let mail = try Outside.object(Array(try #require(receiver.lines.first).utf8))
        #expect(mail["tls"] as? Bool == true && mail["is_authenticated"] as? Bool == true)
        let headers = (mail["headers"] as? [[String]] ?? []).map { "\($0[0].lowercased()): \($0[1])" }
        #expect(headers.contains("subject: Grüße") && headers.contains("message-id: <job-\(job.id)@example.com>"))
    }
}
