internal import Glibc

/// Sends mails for jobs: each on a thread and a connection of its own.
struct MailPerformer: EffectPerformer {
    private let network: OutsideNetwork
    private let server: MailServer?
    private let threads: EffectThreads

    /// - Parameters:
    ///   - server: nil if none is configured; each mail then ends with an error that says so.
    ///   - concurrencyMax: most connections to the mail server at once; further mails wait in line, within their time.
    init(_ network: OutsideNetwork, server: MailServer?, concurrencyMax: Int = 8) {
        self.network = network
        self.server = server
        threads = EffectThreads(name: "effect-mail", countMax: concurrencyMax)
    }

    func perform(
        _ effect: Effect, completion: @escaping @Sendable (EffectOutcome) -> Void
    ) -> any EffectHandle {
        threads.perform(completion) { [network, server] call in
            do throws(EffectFailure) {
                guard let server else {
                    throw EffectFailure(.mailNotConfigured, "PGSERVER_SMTP_URL names no mail server.")
                }
                let mail = try MailEffect(effect.arguments)
                let patience = EffectPatience(call, within: effect.timeout)
                return try Self.send(mail, server, network, patience).outcome(after: call.age)
            } catch {
                return EffectOutcome(error, after: call.age, ["\"accepted\":[]", "\"rejected\":[]"])
            }
        }
    }

    private static func send(
        _ mail: MailEffect, _ server: MailServer, _ network: OutsideNetwork, _ patience: EffectPatience
    ) throws(EffectFailure) -> SMTPSession.Delivery {
        // The operator chose this host, so it may be anywhere, and often is on the same machine.
        let stream = try network.connect(to: server.host, port: server.port, policy: nil, patience)
        var session = SMTPSession(server, network.tls, over: stream)
        defer { session.quit() }
        try session.open()
        return try session.send(
            MailMessage.bytes(mail, unixSeconds: Int64(time(nil))), from: mail.sender.address,
            to: mail.recipients.map(\.address))
    }
}

extension SMTPSession.Delivery {
    /// The outcome of a conversation that came to its end. It has an error only if nobody gets the mail.
    func outcome(after duration: Duration) -> EffectOutcome {
        let isTemporary = rejected.contains { $0.reply.isTemporary }
        let failure = EffectFailure(
            isTemporary ? .temporaryFailure : .rejected, "The mail server took none of the recipients.")
        let names = accepted.map(Self.quoted).joined(separator: ",")
        let members = ["\"accepted\":[\(names)]", "\"rejected\":\(rejections)"]
        guard !accepted.isEmpty else { return EffectOutcome(failure, after: duration, members) }
        return EffectOutcome(
            json: Array("{\(members.joined(separator: ",")),\"duration_ms\":\(duration.wholeMilliseconds)}".utf8))
    }

    private var rejections: String {
        let objects = rejected.map { rejection in
            "{\"address\":\(Self.quoted(rejection.address)),\"code\":\(rejection.reply.code),"
                + "\"temporary\":\(rejection.reply.isTemporary),\"message\":\(Self.quoted(rejection.reply.summary))}"
        }
        return "[\(objects.joined(separator: ","))]"
    }

    private static func quoted(_ text: String) -> String {
        var json: [UInt8] = []
        JSONWriter.appendQuoted(text, to: &json)
        return String(decoding: json, as: UTF8.self)
    }
}
