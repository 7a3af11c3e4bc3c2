@testable import PgServer

/// A frame as a client would send it, well-formed or not.
struct ClientFrame {
    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    /// Bytes of the length: 0, 2 or 8; nil for the shortest.
    var lengthByteCount: Int?
    /// What the header says instead of the truth.
    var statedLength: UInt64?

    static func text(_ text: String, isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 1, payload: Array(text.utf8), isFinal: isFinal)
    }
    static func text(_ bytes: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 1, payload: bytes, isFinal: isFinal)
    }
    static func more(_ bytes: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 0, payload: bytes, isFinal: isFinal)
    }
    static func more(_ text: String, isFinal: Bool = true) -> ClientFrame { more(Array(text.utf8), isFinal: isFinal) }
    static func binary(_ bytes: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 2, payload: bytes, isFinal: isFinal)
    }
    static func ping(_ text: String = "") -> ClientFrame { ClientFrame(opcode: 9, payload: Array(text.utf8)) }
    static func pong(_ text: String = "") -> ClientFrame { ClientFrame(opcode: 10, payload: Array(text.utf8)) }
    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> ClientFrame {
        ClientFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }

    var bytes: [UInt8] {
        let length = statedLength ?? UInt64(payload.count)
        let lengthByteCount = lengthByteCount ?? (length < 126 ? 0 : length <= 0xFFFF ? 2 : 8)
        var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let short = lengthByteCount == 0 ? UInt8(length) : lengthByteCount == 2 ? 126 : 127
        bytes.append((mask == nil ? 0 : 0x80) | short)
        for index in (0..<lengthByteCount).reversed() { bytes.append(UInt8(length >> UInt64(index * 8) & 0xFF)) }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }
}

extension [ClientFrame] {
    var bytes: [UInt8] { flatMap(\.bytes) }
}

/// What a session reports of bytes that arrive in pieces of these sizes, the last one as often as needed.
func events(
    of bytes: [UInt8], in pieces: [Int], messageByteCountMax: Int = 1 << 20, keepsMessages: Bool = true
) -> [WebSocketEvent] {
    var session = WebSocketSession(messageByteCountMax: messageByteCountMax, keepsMessages: keepsMessages)
    var events: [WebSocketEvent] = []
    var start = 0
    var number = 0
    while start < bytes.count {
        let end = min(bytes.count, start + pieces[min(number, pieces.count - 1)])
        events += session.events(of: Array(bytes[start..<end]))
        start = end
        number += 1
    }
    return events
}

/// What a session reports of the bytes, if it is the same however they are cut.
func steadyEvents(
    of bytes: [UInt8], messageByteCountMax: Int = 1 << 20, keepsMessages: Bool = true
) throws -> [WebSocketEvent] {
    func events(_ pieces: [Int]) -> [WebSocketEvent] {
        PgServerTests.events(
            of: bytes, in: pieces, messageByteCountMax: messageByteCountMax, keepsMessages: keepsMessages)
    }
    let whole = events([max(1, bytes.count)])
    for size in 1...9 where events([size]) != whole { throw Unsteady(way: "in pieces of \(size)") }
    for cut in stride(from: 1, to: min(bytes.count, 400), by: 1) where events([cut, bytes.count]) != whole {
        throw Unsteady(way: "cut at \(cut)")
    }
    return whole
}

func steadyEvents(of frames: [ClientFrame]) throws -> [WebSocketEvent] { try steadyEvents(of: frames.bytes) }

extension WebSocketSession {
    mutating func events(of bytes: [UInt8]) -> [WebSocketEvent] {
        var bytes = bytes
        var events: [WebSocketEvent] = []
        var position = 0
        bytes.withUnsafeMutableBytes { buffer in
            while let event = next(in: buffer, at: &position) { events.append(event) }
        }
        precondition(position == bytes.count, "a session reads all it is given")
        return events
    }
}

extension WebSocketEvent {
    static func text(_ text: String) -> WebSocketEvent { .text(Array(text.utf8)) }
    static func ping(_ text: String) -> WebSocketEvent { .ping(Array(text.utf8)) }
    static func pong(_ text: String) -> WebSocketEvent { .pong(Array(text.utf8)) }
}
