/// Reads the frames of a client, however they are cut, and takes off their masks in place (RFC 6455 §5.2, §5.3).
///
///     first ──▶ length ──126, 127──▶ extendedLength ──▶ mask ──▶ payload ──▶ first
///                 └───────────────────────────────────────▲  └─none─▶ first
///
/// It keeps no bytes and knows no messages: each piece of a payload is handed on as it arrives. After a failure it is
/// not to be used any more.
struct WebSocketFrameParser: Sendable {
    /// What the bytes hold of one frame.
    struct Piece: Equatable, Sendable {
        var opcode: WebSocketOpcode
        /// Whether the frame ends its message.
        var isFinal: Bool
        /// Of the whole frame.
        var payloadByteCount: Int
        /// Whether it is the frame's first piece. It comes as soon as the header is whole, even without payload.
        var isStart: Bool
        /// Whether the frame ends with it.
        var isEnd: Bool
        /// Where its part of the payload lies, unmasked.
        var payload: Range<Int>
    }

    private enum Phase { case first, length, extendedLength, mask, payload }

    private static let finalBit: UInt8 = 0x80
    private static let reservedBits: UInt8 = 0x70
    private static let opcodeBits: UInt8 = 0x0F
    private static let maskBit: UInt8 = 0x80
    private static let lengthMarker16: UInt64 = 126
    private static let lengthMarker64: UInt64 = 127
    private static let maskByteCount: UInt8 = 4

    private var phase = Phase.first
    private var opcode = WebSocketOpcode.continuation
    private var isFinal = false
    /// Bytes of the length or the mask that are still to come.
    private var missingCount: UInt8 = 0
    private var isLength64 = false
    /// As stated in the header.
    private var length: UInt64 = 0
    /// What of it has not arrived.
    private var remaining: UInt64 = 0
    /// The mask as it falls on the next byte, whose part is the lowest.
    private var mask: UInt32 = 0

    /// Reads on from `position` and moves it past what was read.
    ///
    /// - Returns: The next piece, or nil when all the bytes are read.
    mutating func next(
        in bytes: UnsafeMutableRawBufferPointer, at position: inout Int
    ) throws(WebSocketError) -> Piece? {
        while position < bytes.count {
            let byte = bytes[position]
            switch phase {
            case .first:
                try readFirst(byte)
            case .length:
                try readLength(byte)
            case .extendedLength:
                try readExtendedLength(byte)
            case .mask:
                mask = mask >> 8 | UInt32(byte) << 24
                missingCount -= 1
                if missingCount == 0 {
                    position += 1
                    return readPayload(in: bytes, at: &position, isStart: true)
                }
            case .payload:
                return readPayload(in: bytes, at: &position, isStart: false)
            }
            position += 1
        }
        return nil
    }

    private mutating func readFirst(_ byte: UInt8) throws(WebSocketError) {
        guard byte & Self.reservedBits == 0 else { throw .reservedBits }
        guard let opcode = WebSocketOpcode(rawValue: byte & Self.opcodeBits) else { throw .reservedOpcode }
        self.opcode = opcode
        isFinal = byte & Self.finalBit != 0
        guard isFinal || !opcode.isControl else { throw .fragmentedControlFrame }
        phase = .length
    }

    private mutating func readLength(_ byte: UInt8) throws(WebSocketError) {
        guard byte & Self.maskBit != 0 else { throw .unmaskedFrame }
        length = UInt64(byte & ~Self.maskBit)
        if length < Self.lengthMarker16 {
            phase = .mask
            missingCount = Self.maskByteCount
        } else {
            guard !opcode.isControl else { throw .controlFrameTooLong }
            isLength64 = length == Self.lengthMarker64
            missingCount = isLength64 ? 8 : 2
            length = 0
            phase = .extendedLength
        }
    }

    private mutating func readExtendedLength(_ byte: UInt8) throws(WebSocketError) {
        length = length << 8 | UInt64(byte)
        missingCount -= 1
        guard missingCount == 0 else { return }
        let isShortest = isLength64 ? length > UInt64(UInt16.max) : length >= Self.lengthMarker16
        guard isShortest, length <= UInt64(Int64.max) else { throw .malformedLength }
        phase = .mask
        missingCount = Self.maskByteCount
    }

    private mutating func readPayload(
        in bytes: UnsafeMutableRawBufferPointer, at position: inout Int, isStart: Bool
    ) -> Piece {
        if isStart { remaining = length }
        let count = Int(min(remaining, UInt64(bytes.count - position)))
        let payload = position..<(position + count)
        unmask(UnsafeMutableRawBufferPointer(rebasing: bytes[payload]))
        position += count
        remaining -= UInt64(count)
        phase = remaining == 0 ? .first : .payload
        return Piece(
            opcode: opcode, isFinal: isFinal, payloadByteCount: Int(length), isStart: isStart, isEnd: remaining == 0,
            payload: payload)
    }

    /// Takes the mask off, eight bytes at once, and turns it to where the next piece begins.
    private mutating func unmask(_ bytes: UnsafeMutableRawBufferPointer) {
        let wide = UInt64(mask) << 32 | UInt64(mask)
        var index = 0
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ wide
            bytes.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: mask)
            mask = mask >> 8 | mask << 24
            index += 1
        }
    }
}
