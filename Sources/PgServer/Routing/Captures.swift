/// Where the parameters of a matched path stand in it, in the order of the pattern. Nothing is decoded or copied.
struct Captures: Sendable {
    /// The most parameters one path may have.
    static let countMax = 16

    private(set) var count = 0
    private var bounds = InlineArray<16, (start: UInt32, end: UInt32)>(repeating: (0, 0))

    subscript(index: Int) -> Range<Int> {
        precondition(index < count)
        return Int(bounds[index].start)..<Int(bounds[index].end)
    }

    mutating func append(_ range: Range<Int>) {
        bounds[count] = (UInt32(range.lowerBound), UInt32(range.upperBound))
        count += 1
    }

    mutating func truncate(to count: Int) { self.count = count }
}
