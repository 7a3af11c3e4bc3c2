import Foundation

@testable import PgServer

/// A WebSocket client that can also misbehave.
final class WebSocketClient {
    struct Frame: Equatable {
        var opcode: UInt8
        var payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
        /// Of a close frame.
        var closeCode: Int? { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
        var closeReason: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }

        func member(_ name: String) throws -> Any? {
            (try JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any])?[name]
        }
    }

    static let text: UInt8 = 0x1
    static let close: UInt8 = 0x8
    static let ping: UInt8 = 0x9
    static let pong: UInt8 = 0xA

    /// The sample of RFC 6455 §1.3, and what it is answered with.
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    let head: HTTPResponse
    let connection: RawConnection

    init(port: UInt16, _ target: String, token: String? = nil, headers: [(String, String)] = []) throws {
        connection = try RawConnection(port: port)
        head = try Self.handshake(on: connection, port: port, target, token: token, headers: headers)
        guard head.status == 101 else { throw TestFailure("no WebSocket, but \(head.status)") }
    }

    static func handshake(
        on connection: RawConnection, port: UInt16, _ target: String, token: String? = nil,
        headers: [(String, String)] = []
    ) throws -> HTTPResponse {
        var fields = [
            ("Host", "127.0.0.1:\(port)"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key),
        ]
        fields += headers
        if let token { fields.append(("Authorization", "Bearer \(token)")) }
        try connection.send("GET \(target) HTTP/1.1\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n")
        return try connection.head()
    }

    func send(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) throws {
        try connection.send(Self.frame(opcode, payload, isFinal: isFinal))
    }

    /// A client's frame, masked.
    static func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(payload.count >> shift & 0xFF)) }
        }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// The next frame of the server; nil at the connection's end.
    func next() throws -> Frame? {
        guard let first = try connection.bytes(2) else { return nil }
        guard first[0] & 0x70 == 0, first[0] & 0x80 != 0, first[1] & 0x80 == 0 else {
            throw TestFailure("a server's frame is whole, plain and unmasked: \(first)")
        }
        var count = Int(first[1])
        if count >= 126 {
            guard let length = try connection.bytes(count == 126 ? 2 : 8) else { return nil }
            count = length.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = try connection.bytes(count) else { return nil }
        return Frame(opcode: first[0] & 0xF, payload: payload)
    }

    /// The next frame of that kind, whatever comes before it.
    func next(_ opcode: UInt8) throws -> Frame {
        while let frame = try next() { if frame.opcode == opcode { return frame } }
        throw TestFailure("the connection ended before a frame \(opcode)")
    }

    /// The numbers of the next notes.
    func notes(_ count: Int) throws -> [Int] {
        try (0..<count).map { _ in
            let frame = try next(Self.text)
            guard let number = try frame.member("n") as? Int else { throw TestFailure("no note: \(frame.text)") }
            return number
        }
    }
}
