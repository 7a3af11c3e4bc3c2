import Foundation

/// One response as it came over the wire.
struct HTTPResponse: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the header field; several are joined by a comma (RFC 9110 §5.3).
    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The body as JSON: dictionaries, arrays, strings, numbers.
    func json() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed])
    }

    /// A member of the JSON body, by its path, such as `error.details[0].field`; `nil` if it is missing or null.
    func member(_ path: String) throws -> Any? {
        var value: Any? = try json()
        for step in path.replacingOccurrences(of: "[", with: ".").replacingOccurrences(of: "]", with: "").split(
            separator: ".")
        {
            if let index = Int(step), let array = value as? [Any] {
                value = array.indices.contains(index) ? array[index] : nil
            } else {
                value = (value as? [String: Any])?[String(step)]
            }
        }
        return value is NSNull ? nil : value
    }

    /// Reads one response from the beginning of the bytes.
    ///
    /// - Returns: the response and its length; `nil` if more bytes are needed.
    static func parse(_ bytes: [UInt8], isAtEnd: Bool, method: String) throws -> (HTTPResponse, Int)? {
        guard let headEnd = position(of: [13, 10, 13, 10], in: bytes[...]) else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
        let statusLine = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard statusLine.count == 3, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1]) else {
            throw TestFailure("this is no status line: \(lines[0])")
        }
        let headers = try lines.dropFirst().map { line in
            guard let colon = line.firstIndex(of: ":") else { throw TestFailure("this is no header field: \(line)") }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (name: String(line[..<colon]), value: value)
        }
        var response = HTTPResponse(status: status, headers: headers, body: [])
        let bodyStart = headEnd + 4
        if method == "HEAD" || status == 204 || status == 304 || status < 200 { return (response, bodyStart) }
        if response.header("Transfer-Encoding")?.lowercased() == "chunked" {
            guard let (body, end) = try chunkedBody(bytes, from: bodyStart) else { return nil }
            response.body = body
            return (response, end)
        }
        if let length = response.header("Content-Length").flatMap({ Int($0) }) {
            guard bytes.count >= bodyStart + length else { return nil }
            response.body = Array(bytes[bodyStart..<bodyStart + length])
            return (response, bodyStart + length)
        }
        guard isAtEnd else { return nil }
        response.body = Array(bytes[bodyStart...])
        return (response, bytes.count)
    }

    private static func chunkedBody(_ bytes: [UInt8], from start: Int) throws -> ([UInt8], Int)? {
        var body: [UInt8] = []
        var index = start
        while true {
            guard let lineEnd = position(of: [13, 10], in: bytes[index...]) else { return nil }
            let line = String(decoding: bytes[index..<lineEnd], as: UTF8.self)
            guard let count = Int(line, radix: 16) else { throw TestFailure("this is no chunk size: \(line)") }
            index = lineEnd + 2
            guard bytes.count >= index + count + 2 else { return nil }
            body += bytes[index..<index + count]
            index += count + 2
            if count == 0 { return (body, index) }
        }
    }

    private static func position(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (bytes.startIndex...bytes.endIndex - pattern.count).first { bytes[$0...].starts(with: pattern) }
    }
}
