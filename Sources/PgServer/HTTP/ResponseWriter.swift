/// Writes one final response at the end of a connection's output (RFC 9112 §4, §6.3).
///
///     let writer = try ResponseWriter(status: 200, toHead: false, closes: false, date: date, into: &output)
///     try writer.field("Content-Type", "application/json", into: &output)
///     writer.finish(body: json, into: &output)
///
/// It alone writes `Date`, `Connection` and what frames the body. A field that would split the response or contradict
/// its framing is refused, whoever made it up (RFC 9112 §11.1). After a failure ``discard(from:)`` takes back what
/// was written.
struct ResponseWriter: Sendable {
    let status: Int
    /// Whether bytes follow the head: not for HEAD, 204 and 304 (RFC 9110 §6.4.1).
    let sendsBody: Bool
    /// Where the response begins in the output.
    let start: Int

    /// Writes the status line, `Date`, and `Connection: close` if asked to.
    ///
    /// - Parameters:
    ///   - toHead: Whether the request's method is HEAD.
    ///   - closes: Whether the connection ends with this response.
    ///   - date: The current ``HTTPDate``, 29 bytes.
    /// - Throws: `.invalidResponse` for a status outside ``StatusLine/statusRange``; nothing is written then.
    init(
        status: Int, toHead: Bool, closes: Bool, date: Span<UInt8>, into output: inout [UInt8]
    ) throws(HTTPError) {
        guard StatusLine.statusRange.contains(status) else { throw .invalidResponse }
        self.status = status
        sendsBody = !toHead && status != 204 && status != 304
        start = output.count
        StatusLine.append(status, to: &output)
        output.append("Date: ")
        output.append(date)
        output.append("\r\n")
        if closes { output.append("Connection: close\r\n") }
    }

    /// Writes a field whose name is ours and whose value is not.
    ///
    /// - Throws: `.invalidResponse` for a value with a control character; nothing of the field is written then.
    func field(_ name: StaticString, _ value: Span<UInt8>, into output: inout [UInt8]) throws(HTTPError) {
        guard isValue(value) else { throw .invalidResponse }
        output.append(name)
        output.append(": ")
        output.append(value)
        output.append("\r\n")
    }

    /// Writes a field that is ours in name and value.
    func field(_ name: StaticString, _ value: StaticString, into output: inout [UInt8]) {
        output.append(name)
        output.append(": ")
        output.append(value)
        output.append("\r\n")
    }

    func field(_ name: StaticString, _ value: Int, into output: inout [UInt8]) {
        output.append(name)
        output.append(": ")
        output.append(decimal: value)
        output.append("\r\n")
    }

    /// Writes a field that came from elsewhere, such as from an SQL function.
    ///
    /// - Throws: `.invalidResponse` for a name that is no token or that frames or manages the connection, and for a
    ///   value with a control character; nothing of the field is written then.
    func field(name: Span<UInt8>, value: Span<UInt8>, into output: inout [UInt8]) throws(HTTPError) {
        guard name.count > 0, name.indices.allSatisfy({ HTTPByte.isToken(name[$0]) }), !isReserved(name),
            isValue(value)
        else { throw .invalidResponse }
        output.append(name)
        output.append(": ")
        output.append(value)
        output.append("\r\n")
    }

    /// Writes `Content-Length`, the empty line and the body, which is left out where none may follow.
    func finish(body: Span<UInt8>, into output: inout [UInt8]) {
        finish(bodyByteCount: body.count, into: &output)
        if sendsBody { output.append(body) }
    }

    /// Writes `Content-Length` and the empty line. If ``sendsBody``, exactly that many bytes must follow.
    func finish(bodyByteCount: Int, into output: inout [UInt8]) {
        // RFC 9110 §8.6: never with 204; with 304 it would have to be the length that a 200 had.
        if status != 204, status != 304 { field("Content-Length", bodyByteCount, into: &output) }
        output.append("\r\n")
    }

    /// Takes the response back out of the output, to write another one in its place.
    func discard(from output: inout [UInt8]) {
        output.removeLast(output.count - start)
    }

    private func isValue(_ value: Span<UInt8>) -> Bool {
        value.indices.allSatisfy { HTTPByte.isFieldValue(value[$0]) }
    }

    private func isReserved(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 2: name.equalsIgnoringCase("te")
        case 4: name.equalsIgnoringCase("date")
        case 7: name.equalsIgnoringCase("trailer") || name.equalsIgnoringCase("upgrade")
        case 10: name.equalsIgnoringCase("connection") || name.equalsIgnoringCase("keep-alive")
        case 14: name.equalsIgnoringCase("content-length")
        case 16: name.equalsIgnoringCase("proxy-connection")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }
}
