/// Writes the frames of a server: never masked, never fragmented (RFC 6455 §5.1, §5.2).
enum WebSocketFrame {
    /// Most bytes of a control frame's payload (§5.5).
    static let controlByteCountMax = 125
    /// Most bytes of a close frame's reason, which follows two bytes of code.
    static let reasonByteCountMax = controlByteCountMax - 2

    private static let finalBit: UInt8 = 0x80
    /// Says that a length of two bytes follows; lengths below ``lengthMarker16`` stand for themselves.
    private static let lengthMarker16: UInt8 = 126
    private static let lengthMarker64: UInt8 = 127

    /// Appends one whole message or control frame.
    static func append(_ opcode: WebSocketOpcode, _ payload: Span<UInt8>, to output: inout [UInt8]) {
        precondition(opcode != .continuation, "the server sends no fragments")
        precondition(!opcode.isControl || payload.count <= controlByteCountMax, "control frames are short")
        output.reserveCapacity(output.count + byteCount(of: payload.count))
        output.append(finalBit | opcode.rawValue)
        switch payload.count {
        case ..<Int(lengthMarker16):
            output.append(UInt8(truncatingIfNeeded: payload.count))
        case ...Int(UInt16.max):
            output.append(lengthMarker16)
            append(payload.count, byteCount: 2, to: &output)
        default:
            output.append(lengthMarker64)
            append(payload.count, byteCount: 8, to: &output)
        }
        output.append(payload)
    }

    /// One whole frame, to be kept and sent to many.
    static func bytes(_ opcode: WebSocketOpcode, _ payload: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        append(opcode, payload, to: &output)
        return output
    }

    /// Appends a close frame.
    ///
    /// - Parameters:
    ///   - code: Nil for a frame without code and reason.
    ///   - reason: For a person. Cut after the last whole character that fits.
    static func appendClose(_ code: WebSocketCloseCode?, reason: String = "", to output: inout [UInt8]) {
        var payload: [UInt8] = []
        if let code {
            precondition(code.isAllowedInFrame, "the code stands for no code")
            append(Int(code.rawValue), byteCount: 2, to: &payload)
            for character in reason.unicodeScalars {
                let bytes = UTF8.encode(character)
                guard let bytes, payload.count + bytes.count <= controlByteCountMax else { break }
                payload.append(contentsOf: bytes)
            }
        }
        append(.close, payload.span, to: &output)
    }

    /// How many bytes a frame with that many bytes of payload has.
    static func byteCount(of payloadByteCount: Int) -> Int {
        switch payloadByteCount {
        case ..<Int(lengthMarker16): payloadByteCount + 2
        case ...Int(UInt16.max): payloadByteCount + 4
        default: payloadByteCount + 10
        }
    }

    private static func append(_ number: Int, byteCount: Int, to output: inout [UInt8]) {
        for index in (0..<byteCount).reversed() { output.append(UInt8(truncatingIfNeeded: number >> (index * 8))) }
    }
}
