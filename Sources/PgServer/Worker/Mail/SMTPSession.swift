internal import Glibc

/// A conversation with the mail server (RFC 5321), from its greeting to the mail it took.
///
///     greeting ──EHLO──▶ [STARTTLS ──▶ TLS ──EHLO──▶] [AUTH ──▶] MAIL ──▶ RCPT … ──▶ DATA ──▶ QUIT
struct SMTPSession: ~Copyable {
    /// A recipient whom the server did not take.
    struct Rejection: Equatable, Sendable {
        var address: String
        var reply: SMTPReply
    }

    struct Delivery: Equatable, Sendable {
        var accepted: [String] = []
        var rejected: [Rejection] = []
    }

    private let server: MailServer
    private let tls: TLSContext
    private var stream: OutsideStream
    private var buffer: [UInt8] = []
    /// What the server said it can, in capitals.
    private var extensions: [String] = []

    init(_ server: MailServer, _ tls: TLSContext, over stream: consuming OutsideStream) {
        self.server = server
        self.tls = tls
        self.stream = stream
    }

    /// Comes to where mail can be sent.
    mutating func open() throws(EffectFailure) {
        if server.security == .implicitTLS { try stream.startTLS(tls, host: server.host) }
        try expect(220, try readReply())
        try greet()
        if server.security == .startTLS {
            guard extensions.contains("STARTTLS") else {
                throw EffectFailure(.tlsFailed, "The mail server offers no STARTTLS, without which nothing is sent.")
            }
            try expect(220, try command("STARTTLS"))
            // What was sent before TLS and is read after it would be anybody's (RFC 3207 §6).
            guard buffer.isEmpty else {
                throw EffectFailure(.tlsFailed, "The mail server sent more before TLS than it may.")
            }
            try stream.startTLS(tls, host: server.host)
            try greet()
        }
        if let credentials = server.credentials { try authenticate(credentials) }
    }

    /// Sends one mail.
    ///
    /// - Returns: who gets it. If nobody does, nothing was sent.
    mutating func send(
        _ message: [UInt8], from sender: String, to recipients: [String]
    ) throws(EffectFailure) -> Delivery {
        var parameters = ""
        if let size = extensions.first(where: { $0 == "SIZE" || $0.hasPrefix("SIZE ") }) {
            if let limit = Int(size.dropFirst(5)), limit > 0, message.count > limit {
                throw EffectFailure(.tooLarge, "The mail server takes no mail larger than \(limit) bytes.")
            }
            parameters = " SIZE=\(message.count)"
        }
        try expect(250, try command("MAIL FROM:<\(sender)>\(parameters)"))
        var delivery = Delivery()
        for recipient in recipients {
            let reply = try command("RCPT TO:<\(recipient)>")
            if reply.code == 250 || reply.code == 251 {
                delivery.accepted.append(recipient)
            } else if reply.code == 421 {  // the server is closing (RFC 5321 §3.8)
                throw Self.failure(reply)
            } else {
                delivery.rejected.append(Rejection(address: recipient, reply: reply))
            }
        }
        guard !delivery.accepted.isEmpty else { return delivery }
        try expect(354, try command("DATA"))
        try stream.write(Self.stuffed(message))
        try expect(250, try readReply())
        return delivery
    }

    /// Takes leave. How that is answered changes nothing any more, so it is not waited for.
    mutating func quit() {
        do throws(EffectFailure) { try stream.write(Array("QUIT\r\n".utf8)) } catch {
            // The other side has gone first.
        }
    }

    private mutating func greet() throws(EffectFailure) {
        let reply = try command("EHLO \(clientName)")
        try expect(250, reply)
        extensions = reply.lines.dropFirst().map { $0.uppercased() }
    }

    private mutating func authenticate(_ credentials: MailServer.Credentials) throws(EffectFailure) {
        // A configuration with credentials and without TLS is refused; this is the last lock before the password.
        precondition(stream.isSecure)
        let mechanisms = extensions.first { $0.hasPrefix("AUTH ") }?.split(separator: " ").dropFirst() ?? []
        let reply: SMTPReply
        if mechanisms.contains("PLAIN") {
            reply = try command("AUTH PLAIN \(Self.base64("\u{0}\(credentials.user)\u{0}\(credentials.password)"))")
        } else if mechanisms.contains("LOGIN") {
            try expectChallenge(try command("AUTH LOGIN"))
            try expectChallenge(try command(Self.base64(credentials.user)))
            reply = try command(Self.base64(credentials.password))
        } else {
            throw EffectFailure(
                .authenticationFailed, "The mail server offers neither AUTH PLAIN nor AUTH LOGIN.")
        }
        guard reply.code != 235 else { return }
        throw Self.authenticationFailure(reply)
    }

    private func expectChallenge(_ reply: SMTPReply) throws(EffectFailure) {
        guard reply.code != 334 else { return }
        throw Self.authenticationFailure(reply)
    }

    private mutating func command(_ line: String) throws(EffectFailure) -> SMTPReply {
        try stream.write(Array("\(line)\r\n".utf8))
        return try readReply()
    }

    private mutating func readReply() throws(EffectFailure) -> SMTPReply {
        while true {
            do throws(SMTPReply.Malformed) {
                if let reply = try SMTPReply.take(from: &buffer) { return reply }
            } catch { throw EffectFailure(.malformedResponse, "The mail server does not answer as RFC 5321 has it.") }
            guard try stream.read(appendingTo: &buffer) else {
                throw EffectFailure(.connectionLost, "The mail server ended the connection.")
            }
        }
    }

    private func expect(_ code: Int, _ reply: SMTPReply) throws(EffectFailure) {
        guard reply.code != code else { return }
        throw Self.failure(reply)
    }

    private static func failure(_ reply: SMTPReply) -> EffectFailure {
        EffectFailure(
            reply.isTemporary ? .temporaryFailure : .rejected, "The mail server answered \(reply.summary)")
    }

    /// Without the server's text: some repeat there what they were sent.
    private static func authenticationFailure(_ reply: SMTPReply) -> EffectFailure {
        EffectFailure(
            reply.isTemporary ? .temporaryFailure : .authenticationFailed,
            "The mail server answered the authentication with \(reply.code).")
    }

    /// How we introduce ourselves: the machine's name if it is a full one, else its address (RFC 5321 §4.1.3).
    private var clientName: String {
        var name = [CChar](repeating: 0, count: 256)
        if gethostname(&name, name.count - 1) == 0 {
            let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if host.contains("."), MailAddress(parsing: "postmaster@\(host)") != nil { return host }
        }
        guard let address = stream.localAddress else { return "[127.0.0.1]" }
        return address.isV4 ? "[\(address)]" : "[IPv6:\(address)]"
    }

    /// The message with its end, and with a dot doubled where one begins a line (RFC 5321 §4.5.2).
    static func stuffed(_ message: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(message.count + message.count / 64 + 8)
        var isLineStart = true
        for byte in message {
            if isLineStart, byte == HTTPByte.dot { out.append(HTTPByte.dot) }
            out.append(byte)
            isLineStart = byte == HTTPByte.lineFeed
        }
        if !isLineStart { out += Array("\r\n".utf8) }
        return out + Array(".\r\n".utf8)
    }

    private static func base64(_ text: String) -> String {
        var encoded: [UInt8] = []
        Base64.append(Array(text.utf8).span, to: &encoded)
        return String(decoding: encoded, as: UTF8.self)
    }
}
