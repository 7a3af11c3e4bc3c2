/// Writes a one-dimensional array as PostgreSQL reads it: `{1,2,NULL}`, `{"a","b \"c\""}`.
enum ArrayLiteral {
    static func appendNull(to out: inout [UInt8]) { out.append(contentsOf: "NULL".utf8) }

    /// - Parameter element: The text of the element; for `bytea`, its bytes.
    static func append(_ element: Span<UInt8>, as kind: ParameterKind, to out: inout [UInt8]) {
        if kind.isNumber || kind == .bool {
            out.append(element)
            return
        }
        out.append(UInt8(ascii: "\""))
        if kind == .bytea { out.append(contentsOf: "\\\\x".utf8) }
        for index in element.indices {
            let byte = element[index]
            if kind == .bytea {
                out.appendHexadecimal(byte)
                continue
            }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { out.append(UInt8(ascii: "\\")) }
            out.append(byte)
        }
        out.append(UInt8(ascii: "\""))
    }
}
