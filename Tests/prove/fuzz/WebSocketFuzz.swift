/// A WebSocket's session: the same of an input however it is cut, all of it read, nothing over its bounds, text that
/// is text, and silence behind the end.
///
/// The first byte says whether messages are kept.
enum WebSocketFuzz {
    static let messageByteCountMax = 200

    static func run(_ input: [UInt8]) {
        guard let flags = input.first else { return }
        let bytes = Array(input.dropFirst())
        let keepsMessages = flags & 1 == 0
        let whole = events(of: bytes, arriving: [bytes.count], keepsMessages)
        for arrival in Arrivals.all(of: bytes.count) {
            let cut = events(of: bytes, arriving: arrival, keepsMessages)
            check(cut == whole, "\(arrival): \(cut), but whole: \(whole)")
        }
        for (index, event) in whole.enumerated() {
            var isEnd = false
            switch event {
            case .text(let text):
                check(String(validating: text, as: UTF8.self) != nil, "text that is none")
                check(keepsMessages && text.count <= messageByteCountMax, "\(text.count) bytes")
            case .binary(let data): check(keepsMessages && data.count <= messageByteCountMax, "\(data.count) bytes")
            case .ping(let data), .pong(let data):
                check(data.count <= WebSocketFrame.controlByteCountMax, "\(data.count) bytes")
            case .close(let code, let reason):
                isEnd = true
                check(code?.isAllowedInFrame != false, "\(String(describing: code))")
                check(String(validating: reason, as: UTF8.self) != nil, "a reason that is no text")
            case .failure: isEnd = true
            }
            check(!isEnd || index == whole.count - 1, "events behind the end")
        }
        roundTrip(whole)
        compareText(bytes)
    }

    /// The bytes themselves, cut anywhere, are text to the validator if they are to the standard library.
    static func compareText(_ bytes: [UInt8]) {
        let isText = String(validating: bytes, as: UTF8.self) != nil
        for arrival in Arrivals.all(of: bytes.count) {
            var validator = UTF8Validator()
            var start = 0
            let isAccepted = arrival.allSatisfy { end in
                defer { start = end }
                return bytes[start..<end].withUnsafeBytes { validator.accepts($0) }
            }
            check((isAccepted && validator.isComplete) == isText, "\(arrival): text \(isText), but not so judged")
        }
    }

    static func events(of bytes: [UInt8], arriving ends: [Int], _ keepsMessages: Bool) -> [WebSocketEvent] {
        var session = WebSocketSession(messageByteCountMax: messageByteCountMax, keepsMessages: keepsMessages)
        var events: [WebSocketEvent] = []
        var output: [UInt8] = []
        var start = 0
        for end in ends {
            var piece = Array(bytes[start..<end])
            start = end
            var position = 0
            piece.withUnsafeMutableBytes { buffer in
                while let event = session.next(in: buffer, at: &position) { events.append(event) }
            }
            check(position == piece.count, "\(position) of \(piece.count) bytes read")
        }
        if session.hasPeerEnded { session.close(.normal, to: &output) }
        check(session.isFinished == session.hasPeerEnded, "no end")
        return events
    }

    /// What was read, written with a mask, is read again.
    static func roundTrip(_ events: [WebSocketEvent]) {
        var bytes: [UInt8] = []
        for event in events {
            switch event {
            case .text(let payload): append(.text, payload, to: &bytes)
            case .binary(let payload): append(.binary, payload, to: &bytes)
            case .ping(let payload): append(.ping, payload, to: &bytes)
            case .pong(let payload): append(.pong, payload, to: &bytes)
            case .close(let code, let reason):
                append(
                    .close, (code.map { [UInt8($0.rawValue >> 8), UInt8($0.rawValue & 0xFF)] } ?? []) + reason,
                    to: &bytes)
            case .failure: return
            }
        }
        let again = self.events(of: bytes, arriving: [bytes.count], true)
        check(again == events, "\(again), but before: \(events)")
    }

    /// A client's frame: the server's, with the mask put in.
    static func append(_ opcode: WebSocketOpcode, _ payload: [UInt8], to bytes: inout [UInt8]) {
        let mask: [UInt8] = [0xA1, 0x00, 0xFF, 0x5C]
        var frame = WebSocketFrame.bytes(opcode, payload.span)
        frame[1] |= 0x80
        bytes += frame.dropLast(payload.count) + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }
}
