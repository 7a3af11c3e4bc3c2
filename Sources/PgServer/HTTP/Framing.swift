/// Reads the two fields that say where a body ends. What two readers could read differently is refused (RFC 9112 §6).
enum Framing {
    /// The largest length that is a number to us. Far above any limit, so that sums of lengths cannot overflow.
    static let lengthMax = 1 << 48

    /// - Throws: `.invalidContentLength` unless the value is one decimal number up to ``lengthMax``.
    static func contentLength(_ value: Span<UInt8>) throws(HTTPError) -> Int {
        guard value.count > 0 else { throw .invalidContentLength }
        var length = 0
        for index in value.indices {
            guard HTTPByte.isDigit(value[index]) else { throw .invalidContentLength }
            length = length * 10 + Int(value[index] - HTTPByte.zero)
            guard length <= lengthMax else { throw .invalidContentLength }
        }
        return length
    }

    /// - Throws: `.unsupportedTransferCoding` for registered codings that end in one `chunked`;
    ///   `.invalidTransferEncoding` for all else but `chunked` alone.
    static func requireChunked(_ value: Span<UInt8>) throws(HTTPError) {
        if value.equalsIgnoringCase("chunked") { return }
        var codings = ListElements(of: value.indices)
        var codingCount = 0
        var isChunked = false
        while let coding = codings.next(in: value) {
            guard !isChunked else { throw .invalidTransferEncoding }
            let coding = value.extracting(coding)
            isChunked = coding.equalsIgnoringCase("chunked")
            guard isChunked || isRegistered(coding) else { throw .invalidTransferEncoding }
            codingCount += 1
        }
        guard isChunked, codingCount > 1 else { throw .invalidTransferEncoding }
        throw .unsupportedTransferCoding
    }

    private static func isRegistered(_ coding: Span<UInt8>) -> Bool {
        coding.equalsIgnoringCase("gzip") || coding.equalsIgnoringCase("deflate")
            || coding.equalsIgnoringCase("compress") || coding.equalsIgnoringCase("x-gzip")
            || coding.equalsIgnoringCase("x-compress")
    }
}
