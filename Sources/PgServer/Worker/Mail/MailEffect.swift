/// What a mail effect asks for, read from its job's arguments and checked.
struct MailEffect: Sendable {
    var sender: MailAddress
    var recipients: [MailAddress]
    var subject: String
    var text: String?
    var html: String?
    /// The caller's fields, in their order. None is one that the message writes itself.
    var fields: [(name: String, value: String)]
    /// With its angle brackets. The same for every attempt, so that a mail that arrives twice is known for one.
    var messageID: String

    static let recipientCountMax = 100
    static let subjectByteCountMax = 998
    static let bodyByteCountMax = 8 << 20
    static let fieldCountMax = 32
    static let fieldByteCountMax = 2000

    init(_ json: [UInt8]) throws(EffectFailure) {
        let arguments = try EffectArguments(json)
        let from = try arguments.requiredString("from", byteCountMax: MailAddress.textByteCountMax)
        guard let sender = MailAddress(parsing: from) else { throw EffectArguments.fault("from", "is not an address") }
        self.sender = sender
        recipients = try Self.recipients(arguments)
        subject = try arguments.requiredString("subject", byteCountMax: Self.subjectByteCountMax)
        guard Self.isLine(subject) else { throw EffectArguments.fault("subject", "has a control character") }
        text = try arguments.string("text", byteCountMax: Self.bodyByteCountMax)
        html = try arguments.string("html", byteCountMax: Self.bodyByteCountMax)
        guard text != nil || html != nil else { throw EffectArguments.fault("text", "is missing, and html too") }
        fields = try Self.fields(arguments)
        messageID = try Self.messageID(arguments, domain: sender.domain)
    }

    private static func recipients(_ arguments: EffectArguments) throws(EffectFailure) -> [MailAddress] {
        let texts = try arguments.strings(
            "to", countMax: recipientCountMax, byteCountMax: MailAddress.textByteCountMax)
        guard let texts, !texts.isEmpty else { throw EffectArguments.fault("to", "names nobody") }
        var recipients: [MailAddress] = []
        for (index, text) in texts.enumerated() {
            guard let recipient = MailAddress(parsing: text) else {
                throw EffectArguments.fault("to[\(index)]", "is not an address")
            }
            recipients.append(recipient)
        }
        return recipients
    }

    private static func fields(_ arguments: EffectArguments) throws(EffectFailure) -> [(name: String, value: String)] {
        let fields = try arguments.pairs("headers", countMax: fieldCountMax, byteCountMax: fieldByteCountMax)
        for field in fields {
            let nameByteCountMax = 64
            guard (1...nameByteCountMax).contains(field.name.utf8.count), field.name.utf8.allSatisfy(HTTPByte.isToken)
            else { throw EffectArguments.fault("headers", "has a name that no field can have") }
            let name = field.name.lowercased()
            guard !ownFields.contains(name), !name.hasPrefix("content-"), !name.hasPrefix("resent-") else {
                throw EffectArguments.fault("headers.\(field.name)", "is written by the server itself")
            }
            guard isLine(field.value) else {
                throw EffectArguments.fault("headers.\(field.name)", "has a control character")
            }
            guard name != "reply-to" || MailAddress(parsing: field.value) != nil else {
                throw EffectArguments.fault("headers.\(field.name)", "is not an address")
            }
        }
        return fields
    }

    /// The id that was given, with the sender's domain if it has none; a new one if there is none.
    private static func messageID(
        _ arguments: EffectArguments, domain: Substring
    ) throws(EffectFailure) -> String {
        let byteCountMax = 200
        var name = try arguments.string("message_id", byteCountMax: byteCountMax)
        if name == nil { name = try arguments.string("idempotency_key", byteCountMax: byteCountMax) }
        guard let given = name else { return "<\(try randomName())@\(domain)>" }
        let inner = given.hasPrefix("<") && given.hasSuffix(">") ? given.dropFirst().dropLast() : given[...]
        let parts = inner.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2,
            parts.allSatisfy({ part in
                !part.isEmpty
                    && part.utf8.allSatisfy { MailAddress.isAtom($0) || $0 == HTTPByte.dot || $0 == HTTPByte.colon }
            })
        else { throw EffectArguments.fault("message_id", "has a character that no Message-ID can have") }
        return parts.count == 2 ? "<\(inner)>" : "<\(inner)@\(domain)>"
    }

    private static func randomName() throws(EffectFailure) -> String {
        let bytes: [UInt8]
        do throws(KeyError) { bytes = try SecureRandom.bytes(count: 18) } catch {
            throw EffectFailure(.overloaded, "The system gives no random numbers.")
        }
        return String(decoding: Base64URL.encode(bytes.span), as: UTF8.self)
    }

    private static func isLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    /// What the message says of itself, and what would show or change who gets it.
    private static let ownFields: Set = [
        "from", "sender", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "return-path", "received",
        "dkim-signature", "authentication-results",
    ]
}
