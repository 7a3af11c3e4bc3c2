/// Decodes the parts of a request target (RFC 3986 §2.1), and of form bodies, which are written like queries.
enum PercentDecoding {
    enum Part {
        /// One segment of a path, in which `%2F` is data and `+` is a plus.
        case segment
        /// One name or value of a query, in which `+` is a space.
        case query
    }

    /// Whether the bytes mean themselves, so that decoding would only copy them.
    static func isPlain(_ bytes: Span<UInt8>, as part: Part) -> Bool {
        bytes.indices.allSatisfy { index in
            let byte = bytes[index]
            return byte != HTTPByte.percent && (byte != HTTPByte.plus || part == .segment)
        }
    }

    /// Appends what the bytes mean.
    ///
    /// - Throws: `.malformedEncoding` for a `%` without two hexadecimal digits, a byte that needs encoding, NUL, and
    ///   a result that is not UTF-8. `output` is then as before.
    static func append(_ bytes: Span<UInt8>, as part: Part, to output: inout [UInt8]) throws(HTTPError) {
        let start = output.count
        do throws(HTTPError) {
            try appendUnchecked(bytes, as: part, to: &output)
            guard isUTF8(output.span.extracting(start...)) else { throw .malformedEncoding }
        } catch {
            output.removeLast(output.count - start)
            throw error
        }
    }

    private static func appendUnchecked(
        _ bytes: Span<UInt8>, as part: Part, to output: inout [UInt8]
    ) throws(HTTPError) {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case HTTPByte.percent:
                guard index + 2 < bytes.count, let high = HTTPByte.hexadecimalValue(bytes[index + 1]),
                    let low = HTTPByte.hexadecimalValue(bytes[index + 2]), high | low != 0
                else { throw .malformedEncoding }
                output.append(high << 4 | low)
                index += 3
            case HTTPByte.plus where part == .query:
                output.append(HTTPByte.space)
                index += 1
            default:
                guard HTTPByte.isTarget(byte) else { throw .malformedEncoding }
                output.append(byte)
                index += 1
            }
        }
    }

    private static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes)
            return true
        } catch {
            return false
        }
    }
}
