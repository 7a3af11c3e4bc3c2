/// The pairs of a query, or of a form body, in order and still encoded. Allocates nothing.
///
///     var pairs = QueryPairs(of: query)
///     while let pair = try pairs.next(in: bytes) { … }
struct QueryPairs {
    struct Pair: Equatable, Sendable {
        var name: Range<Int>
        /// Empty for `name=` and for a bare `name`.
        var value: Range<Int>
    }

    /// Most pairs of one query.
    static let countMax = 100

    private var rest: Range<Int>
    private var count = 0

    /// - Parameter query: What follows the `?`, such as ``RequestHead/query``.
    init(of query: Range<Int>) { rest = query }

    /// The next pair, or nil after the last. Skips what is empty between two `&`.
    ///
    /// - Parameter bytes: The bytes that `query` is a range of; the pairs are ranges of the same.
    /// - Throws: `.tooManyParameters` past ``countMax``.
    mutating func next(in bytes: Span<UInt8>) throws(HTTPError) -> Pair? {
        while !rest.isEmpty {
            let start = rest.lowerBound
            var end = start
            var nameEnd: Int?
            while end < rest.upperBound, bytes[end] != HTTPByte.ampersand {
                if nameEnd == nil, bytes[end] == HTTPByte.equals { nameEnd = end }
                end += 1
            }
            rest = min(end + 1, rest.upperBound)..<rest.upperBound
            guard end > start else { continue }
            guard count < Self.countMax else { throw .tooManyParameters }
            count += 1
            guard let nameEnd else { return Pair(name: start..<end, value: end..<end) }
            return Pair(name: start..<nameEnd, value: (nameEnd + 1)..<end)
        }
        return nil
    }
}
