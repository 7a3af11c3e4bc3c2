/// What an HTTP effect asks for, read from its job's arguments and checked.
struct HTTPEffect: Sendable {
    var method: String
    var url: OutsideURL
    /// The caller's fields, in their order. None is one that the connection needs for itself.
    var fields: [(name: String, value: String)]
    var body: [UInt8]?
    var responseByteCountMax: Int
    var redirectCountMax: Int
    /// The caller's own limit of the whole, besides that of its job.
    var timeout: Duration?

    static let methods = Method.allCases.map { "\($0.name)" }
    static let fieldCountMax = 64
    static let fieldByteCountMax = 8 * 1024
    static let bodyByteCountMax = 16 << 20
    /// For what of a response is kept, unless the arguments say less or more, and at the most.
    static let responseByteCountDefault = 1 << 20
    static let responseByteCountMax = 16 << 20
    static let redirectCountDefault = 3
    static let redirectCountMax = 10
    private static let millisecondsMax = 3_600_000

    init(_ json: [UInt8]) throws(EffectFailure) {
        let arguments = try EffectArguments(json)
        let text = try arguments.requiredString("url", byteCountMax: OutsideURL.byteCountMax)
        do throws(OutsideURL.Fault) { url = try OutsideURL(parsing: text) } catch {
            throw EffectArguments.fault("url", error.complaint)
        }
        method = try arguments.string("method", byteCountMax: Method.byteCountMax) ?? "GET"
        guard Self.methods.contains(method) else {
            throw EffectArguments.fault("method", "must be one of \(Self.methods.joined(separator: ", "))")
        }
        body = try Self.body(arguments)
        fields = try Self.fields(arguments)
        responseByteCountMax =
            try arguments.integer("max_response_bytes", in: 0...Self.responseByteCountMax)
            ?? Self.responseByteCountDefault
        redirectCountMax =
            try arguments.integer("redirects", in: 0...Self.redirectCountMax) ?? Self.redirectCountDefault
        timeout = try arguments.integer("timeout_ms", in: 1...Self.millisecondsMax).map { .milliseconds($0) }
    }

    private static func body(_ arguments: EffectArguments) throws(EffectFailure) -> [UInt8]? {
        let text = try arguments.string("body", byteCountMax: bodyByteCountMax)
        guard let encoded = try arguments.string("body_base64", byteCountMax: bodyByteCountMax / 3 * 4) else {
            return text.map { Array($0.utf8) }
        }
        guard text == nil else { throw EffectArguments.fault("body_base64", "cannot stand beside body") }
        var bytes = Array(encoded.utf8)
        guard Base64.decode(in: &bytes, from: 0) else {
            throw EffectArguments.fault("body_base64", "is not base64")
        }
        return bytes
    }

    private static func fields(_ arguments: EffectArguments) throws(EffectFailure) -> [(name: String, value: String)] {
        var fields = try arguments.pairs("headers", countMax: fieldCountMax, byteCountMax: fieldByteCountMax)
        for field in fields {
            guard !field.name.isEmpty, field.name.utf8.count <= 256, field.name.utf8.allSatisfy(HTTPByte.isToken) else {
                throw EffectArguments.fault("headers", "has a name that no field can have")
            }
            guard field.value.utf8.allSatisfy(HTTPByte.isFieldValue) else {
                throw EffectArguments.fault("headers.\(field.name)", "has a control character")
            }
            guard !ownFields.contains(field.name.lowercased()), !field.name.lowercased().hasPrefix("proxy-") else {
                throw EffectArguments.fault("headers.\(field.name)", "is written by the server itself")
            }
        }
        if let key = try arguments.string("idempotency_key", byteCountMax: 255) {
            guard !key.isEmpty, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw EffectArguments.fault("idempotency_key", "must be visible ASCII")
            }
            fields.removeAll { $0.name.lowercased() == "idempotency-key" }
            fields.append(("Idempotency-Key", key))
        }
        if !fields.contains(where: { $0.name.lowercased() == "user-agent" }) {
            fields.append(("User-Agent", "pg-server/\(version)"))
        }
        if !fields.contains(where: { $0.name.lowercased() == "accept" }) { fields.append(("Accept", "*/*")) }
        return fields
    }

    /// What frames the message or belongs to the connection, and so is not the caller's (RFC 9110 §7.6.1). Without a
    /// content coding no answer can grow beyond its bound by being decoded.
    private static let ownFields: Set = [
        "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "expect",
        "accept-encoding", "http2-settings",
    ]
}

extension HTTPEffect {
    /// What goes over the wire (RFC 9112 §3), for one answer on one connection.
    var message: [UInt8] {
        var bytes = Array("\(method) \(url.target) HTTP/1.1\r\nHost: \(url.authority)\r\n".utf8)
        for field in fields { bytes += Array("\(field.name): \(field.value)\r\n".utf8) }
        if let body {
            bytes += Array("Content-Length: \(body.count)\r\n".utf8)
        } else if ["POST", "PUT", "PATCH"].contains(method) {
            bytes += Array("Content-Length: 0\r\n".utf8)
        }
        bytes += Array("Accept-Encoding: identity\r\nConnection: close\r\n\r\n".utf8)
        return bytes + (body ?? [])
    }

    /// Goes on to where a response with one of the statuses of redirection leads (RFC 9110 §15.4).
    ///
    /// - Parameter location: the value of its field `Location`.
    mutating func follow(_ location: String, status: Int) throws(EffectFailure) {
        let next: OutsideURL
        do throws(OutsideURL.Fault) { next = try url.resolving(location) } catch {
            throw EffectFailure(.redirectRefused, "The redirect leads to a URL that \(error.clause).")
        }
        guard next.isSecure || !url.isSecure else {
            throw EffectFailure(.redirectRefused, "The redirect leads from https to http.")
        }
        if status == 303 && method != "HEAD" || (status == 301 || status == 302) && method == "POST" {
            method = "GET"
            body = nil
            fields.removeAll { $0.name.lowercased().hasPrefix("content-") }
        }
        // A key or a signature is meant for the host that the caller named, whatever the field is called.
        if !next.isSameOrigin(as: url) { fields.removeAll { !Self.sharedFields.contains($0.name.lowercased()) } }
        url = next
    }

    /// The statuses that lead elsewhere when they have a `Location`.
    static let redirectStatuses: Set = [301, 302, 303, 307, 308]

    /// What another origin than the one that the caller named may see.
    private static let sharedFields: Set = [
        "accept", "accept-language", "content-type", "content-language", "user-agent", "idempotency-key",
    ]
}

extension OutsideURL.Fault {
    /// Completes the sentence "The redirect leads to a URL that …".
    fileprivate var clause: String {
        switch self {
        case .unsupportedScheme: "is neither http nor https"
        case .userInformation: "holds a name or password"
        default: complaint
        }
    }
}
