/// The arguments of one call, as PostgreSQL reads them: text with a closing NUL each, or raw bytes. Filled, sent and
/// emptied again and again without giving its memory back.
struct ArgumentBuffer {
    /// How libpq numbers the two forms of a value.
    enum Format {
        static let text: Int32 = 0
        static let binary: Int32 = 1
    }

    /// The most bytes the values of one call may have together; offsets have 32 bits.
    static let byteCountMax = 512 * 1024 * 1024

    var bytes: [UInt8] = []
    /// Where each value begins; -1 is NULL.
    private(set) var offsets: [Int32] = []
    /// Bytes of each value, without the NUL.
    private(set) var lengths: [Int32] = []
    private(set) var formats: [Int32] = []
    /// Whether any value is raw bytes.
    private(set) var hasBinary = false

    var count: Int { offsets.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        hasBinary = false
    }

    /// Takes the last value away.
    mutating func removeLast() {
        if let start = offsets.last, start >= 0 { bytes.removeLast(bytes.count - Int(start)) }
        offsets.removeLast()
        lengths.removeLast()
        formats.removeLast()
        hasBinary = formats.contains(Format.binary)
    }

    mutating func appendNull() {
        offsets.append(-1)
        lengths.append(0)
        formats.append(Format.text)
    }

    /// Ends the value whose bytes were appended from `start` on.
    mutating func endValue(from start: Int, format: Int32 = Format.text) {
        precondition(bytes.count < Self.byteCountMax)
        offsets.append(Int32(start))
        lengths.append(Int32(bytes.count - start))
        formats.append(format)
        if format == Format.binary { hasBinary = true }
        bytes.append(0)
    }

    /// Where the bytes of a value lie, or nil for NULL.
    func range(of index: Int) -> Range<Int>? {
        offsets[index] < 0 ? nil : Int(offsets[index])..<Int(offsets[index] + lengths[index])
    }
}
