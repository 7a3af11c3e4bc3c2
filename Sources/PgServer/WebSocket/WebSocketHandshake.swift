/// A request that opens a WebSocket, and the answer that does (RFC 6455 §4.2).
///
///     let handshake = try WebSocketHandshake(head, in: bytes)
///     handshake.appendResponse(hash: sha1(handshake.hashInput), subprotocol: nil, to: &output)
///
/// Extensions that the client offers are not accepted, which is said by leaving them out. The hash is the caller's,
/// so that this room needs no cryptography; the origin and who may listen are the caller's too.
struct WebSocketHandshake: Equatable, Sendable {
    /// What SHA-1 is to be taken of: the client's key and the protocol's own identifier (§4.2.2 5.4).
    let hashInput: [UInt8]
    /// The subprotocols that the client offers, most wanted first.
    let subprotocols: [String]

    static let hashByteCount = 20
    static let subprotocolCountMax = 16

    private static let identifier: StaticString = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    /// 16 bytes in base64: 22 letters and two signs of padding.
    private static let keyLetterCount = 22
    private static let keyByteCount = 24

    /// Whether the request asks for a WebSocket, rightly or not.
    static func isAsked(for head: borrowing RequestHead, in bytes: Span<UInt8>) -> Bool {
        guard head.isUpgrade else { return false }
        for value in head.values(of: .upgrade) {
            var protocols = ListElements(of: value)
            while let name = protocols.next(in: bytes) {
                if bytes.extracting(name).equalsIgnoringCase("websocket") { return true }
            }
        }
        return false
    }

    /// - Parameters:
    ///   - head: A whole head, parsed from `bytes`.
    init(_ head: borrowing RequestHead, in bytes: Span<UInt8>) throws(WebSocketHandshakeError) {
        guard head.method == .get else { throw .notGet }
        guard Self.isAsked(for: head, in: bytes) else { throw .notUpgrade }
        guard !head.hasBody else { throw .hasBody }
        var key: Range<Int>?
        var version: Range<Int>?
        var subprotocols: [String] = []
        for field in head.fields where field.kind == nil {
            let name = bytes.extracting(field.name)
            if name.equalsIgnoringCase("sec-websocket-key") {
                guard key == nil else { throw .malformedKey }
                key = field.value
            } else if name.equalsIgnoringCase("sec-websocket-version") {
                guard version == nil else { throw .unsupportedVersion }
                version = field.value
            } else if name.equalsIgnoringCase("sec-websocket-protocol") {
                try Self.append(field.value, in: bytes, to: &subprotocols)
            }
        }
        guard let version, bytes.extracting(version).equalsIgnoringCase("13") else { throw .unsupportedVersion }
        guard let key, Self.isKey(bytes.extracting(key)) else { throw .malformedKey }
        var hashInput: [UInt8] = []
        hashInput.append(bytes.extracting(key))
        hashInput.append(Self.identifier)
        self.hashInput = hashInput
        self.subprotocols = subprotocols
    }

    /// Appends the answer after which frames follow.
    ///
    /// - Parameters:
    ///   - hash: SHA-1 of ``hashInput``.
    ///   - subprotocol: One of ``subprotocols``, or nil.
    ///   - fields: More field lines, each with its CRLF, whose values are known to hold no control characters.
    func appendResponse(
        hash: Span<UInt8>, subprotocol: String?, fields: Span<UInt8> = Span(), to output: inout [UInt8]
    ) {
        precondition(hash.count == Self.hashByteCount, "the hash is SHA-1")
        output.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        output.append("Sec-WebSocket-Accept: ")
        Self.appendBase64(hash, to: &output)
        if let subprotocol {
            precondition(subprotocols.contains(subprotocol), "the client did not offer it")
            output.append("\r\nSec-WebSocket-Protocol: ")
            output.append(contentsOf: subprotocol.utf8)
        }
        output.append("\r\n")
        output.append(fields)
        output.append("\r\n")
    }

    /// The loose bits at the end are not looked at: the key is never decoded.
    private static func isKey(_ key: Span<UInt8>) -> Bool {
        guard key.count == keyByteCount else { return false }
        for index in key.indices {
            switch key[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                guard index < keyLetterCount else { return false }
            case UInt8(ascii: "="):
                guard index >= keyLetterCount else { return false }
            default: return false
            }
        }
        return true
    }

    /// §4.1 10: tokens, all different.
    private static func append(
        _ value: Range<Int>, in bytes: Span<UInt8>, to subprotocols: inout [String]
    ) throws(WebSocketHandshakeError) {
        var elements = ListElements(of: value)
        while let element = elements.next(in: bytes) {
            guard element.allSatisfy({ HTTPByte.isToken(bytes[$0]) }) else { throw .malformedSubprotocols }
            let name = bytes.extracting(element).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            guard !subprotocols.contains(name), subprotocols.count < subprotocolCountMax else {
                throw .malformedSubprotocols
            }
            subprotocols.append(name)
        }
    }

    /// RFC 4648 §4, with padding.
    private static func appendBase64(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        let letters: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0..<4 {
                let letter = letters.utf8Start[Int(bits >> UInt32(18 - 6 * index) & 0x3F)]
                text.append(index <= count ? letter : UInt8(ascii: "="))
            }
        }
    }
}
