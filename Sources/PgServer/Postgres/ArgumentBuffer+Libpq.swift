/// How this room fills a buffer for its own statements, and lends any to libpq.
extension ArgumentBuffer {
    /// PostgreSQL's protocol counts parameters in 16 bits.
    static let countMax = 65_535

    enum Fault: Error, Equatable {
        /// A text value holds a zero byte, which PostgreSQL's text cannot, and at which C would cut it off.
        case zeroByte
    }

    /// - Throws: `.zeroByte`; nothing is added then.
    mutating func append(_ text: Span<UInt8>) throws(Fault) {
        try text.withUnsafeBufferPointer { (buffer) throws(Fault) in
            try append { $0.append(contentsOf: buffer) }
        }
    }

    /// - Throws: `.zeroByte`; nothing is added then.
    mutating func append(_ text: String) throws(Fault) {
        try append { $0.append(contentsOf: text.utf8) }
    }

    mutating func append(_ text: StaticString) {
        let start = bytes.count
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        endValue(from: start)
    }

    mutating func append(_ number: Int) {
        let start = bytes.count
        bytes.append(decimal: number)
        endValue(from: start)
    }

    /// Adds a text value put together in place. `write` may only append.
    ///
    /// - Throws: `.zeroByte`; nothing is added then.
    mutating func append(writing write: (inout [UInt8]) -> Void) throws(Fault) {
        let start = bytes.count
        write(&bytes)
        precondition(bytes.count >= start)
        guard !bytes[start...].contains(0) else {
            bytes.removeLast(bytes.count - start)
            throw .zeroByte
        }
        endValue(from: start)
    }

    /// Adds a value in PostgreSQL's binary form, which for `bytea` is the bytes themselves.
    mutating func append(binary value: Span<UInt8>) {
        let start = bytes.count
        value.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        endValue(from: start, format: Format.binary)
    }

    /// The bytes of one value, without its NUL; nil is a null.
    subscript(position: Int) -> [UInt8]? { range(of: position).map { Array(bytes[$0]) } }

    /// The three parallel arrays of libpq. `lengths` and `formats` are nil when every value is text.
    struct Pointers {
        var count: Int32
        var values: UnsafePointer<UnsafePointer<CChar>?>?
        var lengths: UnsafePointer<Int32>?
        var formats: UnsafePointer<Int32>?
    }

    /// Lends the values to libpq for the length of `body`.
    func withPointers<R>(_ body: (Pointers) -> R) -> R {
        guard count > 0 else { return body(Pointers(count: 0, values: nil, lengths: nil, formats: nil)) }
        precondition(count <= Self.countMax)
        return bytes.withUnsafeBytes { arena in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                for (position, offset) in offsets.enumerated() {
                    let address = offset < 0 ? nil : arena.baseAddress?.advanced(by: Int(offset))
                    values.initializeElement(at: position, to: address?.assumingMemoryBound(to: CChar.self))
                }
                var pointers = Pointers(
                    count: Int32(count), values: UnsafePointer(values.baseAddress), lengths: nil, formats: nil)
                guard hasBinary else { return body(pointers) }
                return lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        pointers.lengths = lengths.baseAddress
                        pointers.formats = formats.baseAddress
                        return body(pointers)
                    }
                }
            }
        }
    }
}
