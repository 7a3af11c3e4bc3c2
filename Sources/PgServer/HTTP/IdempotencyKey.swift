/// The key in an `Idempotency-Key` field: whatever name a client gave to one of its requests.
///
/// The draft (draft-ietf-httpapi-idempotency-key-header-07 §2.1) writes it as a string of structured fields, in quotes
/// (RFC 9651 §3.3.3). Many clients send it bare, so both are read, and are the same key.
struct IdempotencyKey: Equatable, Sendable {
    /// 1 to ``byteCountMax`` visible ASCII characters.
    let bytes: [UInt8]
    static let byteCountMax = 255

    /// - Returns: nil if it is empty, too long, has a character that is not visible ASCII, or quotes that do not match.
    init?(parsing value: Span<UInt8>) {
        var bytes: [UInt8] = []
        let isQuoted = value.count > 0 && value[0] == HTTPByte.quote
        var index = isQuoted ? 1 : 0
        let end = isQuoted ? value.count - 1 : value.count
        if isQuoted { guard value.count >= 2, value[end] == HTTPByte.quote else { return nil } }
        while index < end {
            var byte = value[index]
            if isQuoted {
                guard byte != HTTPByte.quote else { return nil }
                if byte == HTTPByte.backslash {
                    index += 1
                    guard index < end, value[index] == HTTPByte.quote || value[index] == HTTPByte.backslash
                    else { return nil }
                    byte = value[index]
                }
            }
            guard byte > HTTPByte.space, byte < HTTPByte.delete, bytes.count < Self.byteCountMax else { return nil }
            bytes.append(byte)
            index += 1
        }
        guard !bytes.isEmpty else { return nil }
        self.bytes = bytes
    }
}
