/// Fields of a result as values, for the few that are not passed on as they lie.
extension QueryResult {
    func bytes(row: Int, column: Int) -> [UInt8]? {
        guard rowCount > row, !isNull(row: row, column: column) else { return nil }
        return Array(unsafeField(row: row, column: column))
    }

    func number(row: Int, column: Int) -> Int? { string(row: row, column: column).flatMap { Int($0) } }

    /// A `bytea` in PostgreSQL's hexadecimal text form, `\x…`.
    func bytea(row: Int, column: Int) -> [UInt8]? {
        guard !isNull(row: row, column: column) else { return nil }
        let text = unsafeField(row: row, column: column)
        precondition(text.count >= 2 && text.count % 2 == 0, "bytea_output is hex on every connection")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        for index in stride(from: 2, to: text.count, by: 2) {
            bytes.append(Self.digit(text[index]) << 4 | Self.digit(text[index + 1]))
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8 { byte <= UInt8(ascii: "9") ? byte & 0xF : (byte & 0xF) + 9 }
}
