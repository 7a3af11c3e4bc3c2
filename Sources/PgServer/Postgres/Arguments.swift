/// The values bound to a statement's parameters: one arena of bytes that is filled, sent and used again.
///
/// Text values lie there with a closing NUL, as libpq wants them, so sending allocates and copies nothing.
struct Arguments {
    /// PostgreSQL's protocol counts parameters in 16 bits.
    static let countMax = 65_535

    enum Fault: Error, Equatable {
        /// A text value holds a zero byte, which PostgreSQL's text cannot, and at which C would cut it off.
        case zeroByte
    }

    private struct Entry {
        var offset: Int
        var count: Int
        var isBinary: Bool
        static let null = Entry(offset: -1, count: 0, isBinary: false)
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    private var hasBinary = false

    var count: Int { entries.count }

    /// Forgets the values and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        hasBinary = false
    }

    mutating func appendNull() {
        precondition(entries.count < Self.countMax)
        entries.append(.null)
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
        let offset = bytes.count
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        close(offset)
    }

    mutating func append(_ number: some BinaryInteger) {
        let offset = bytes.count
        bytes.append(contentsOf: String(number).utf8)
        close(offset)
    }

    /// Adds a text value put together in place. `write` may only append.
    ///
    /// - Throws: `.zeroByte`; nothing is added then.
    mutating func append(writing write: (inout [UInt8]) -> Void) throws(Fault) {
        let offset = bytes.count
        write(&bytes)
        precondition(bytes.count >= offset)
        guard !bytes[offset...].contains(0) else {
            bytes.removeLast(bytes.count - offset)
            throw .zeroByte
        }
        close(offset)
    }

    /// Adds a value in PostgreSQL's binary form, which for `bytea` is the bytes themselves.
    mutating func append(binary value: Span<UInt8>) {
        let offset = bytes.count
        value.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        close(offset, isBinary: true)
        hasBinary = true
    }

    private mutating func close(_ offset: Int, isBinary: Bool = false) {
        precondition(entries.count < Self.countMax)
        entries.append(Entry(offset: offset, count: bytes.count - offset, isBinary: isBinary))
        bytes.append(0)
    }

    /// The bytes of one value, without its NUL; nil is a null.
    subscript(position: Int) -> [UInt8]? {
        let entry = entries[position]
        return entry.offset < 0 ? nil : Array(bytes[entry.offset..<entry.offset + entry.count])
    }

    /// The three parallel arrays of libpq. `lengths` and `formats` are nil when every value is text.
    struct Pointers {
        var count: Int32
        var values: UnsafePointer<UnsafePointer<CChar>?>?
        var lengths: UnsafePointer<Int32>?
        var formats: UnsafePointer<Int32>?
    }

    /// Lends the values to libpq for the length of `body`.
    func withPointers<R>(_ body: (Pointers) -> R) -> R {
        guard !entries.isEmpty else { return body(Pointers(count: 0, values: nil, lengths: nil, formats: nil)) }
        return bytes.withUnsafeBytes { arena in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: entries.count) { values in
                for (position, entry) in entries.enumerated() {
                    let address = entry.offset < 0 ? nil : arena.baseAddress?.advanced(by: entry.offset)
                    values.initializeElement(at: position, to: address?.assumingMemoryBound(to: CChar.self))
                }
                let pointers = Pointers(
                    count: Int32(entries.count), values: UnsafePointer(values.baseAddress), lengths: nil, formats: nil)
                return hasBinary ? withLengths(pointers, body) : body(pointers)
            }
        }
    }

    private func withLengths<R>(_ pointers: Pointers, _ body: (Pointers) -> R) -> R {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * entries.count) { numbers in
            for (position, entry) in entries.enumerated() {
                numbers.initializeElement(at: position, to: Int32(entry.count))
                numbers.initializeElement(at: entries.count + position, to: entry.isBinary ? 1 : 0)
            }
            var pointers = pointers
            pointers.lengths = UnsafePointer(numbers.baseAddress)
            pointers.formats = UnsafePointer(numbers.baseAddress?.advanced(by: entries.count))
            return body(pointers)
        }
    }
}
