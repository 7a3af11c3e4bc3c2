/// Some of the reactors of this process, by their places.
struct ReactorSet: Equatable, Sendable {
    private var words = SIMD4<UInt64>()

    /// Reactors that a process may have at most.
    static let countMax = 256

    init() {}

    init(_ reactor: Int) { insert(reactor) }

    var isEmpty: Bool { words == SIMD4() }

    func contains(_ reactor: Int) -> Bool { words[reactor >> 6] & Self.bit(reactor) != 0 }
    mutating func insert(_ reactor: Int) { words[reactor >> 6] |= Self.bit(reactor) }
    mutating func remove(_ reactor: Int) { words[reactor >> 6] &= ~Self.bit(reactor) }
    mutating func formUnion(_ other: ReactorSet) { words |= other.words }

    private static func bit(_ reactor: Int) -> UInt64 {
        precondition((0..<countMax).contains(reactor))
        return 1 << UInt64(reactor & 63)
    }
}
