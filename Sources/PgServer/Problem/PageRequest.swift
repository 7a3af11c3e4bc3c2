/// Which part of a list was asked for.
struct PageRequest: Equatable, Sendable {
    var limit: Int
    var offset: Int

    /// - Parameters: Values below their least (0 and 0) count as the least.
    init(limit: Int, offset: Int) {
        self.limit = max(limit, 0)
        self.offset = max(offset, 0)
    }

    /// - Parameter page: Counted from 1.
    init(page: Int, size: Int) {
        let size = max(size, 0)
        let (offset, isTooFar) = (max(page, 1) - 1).multipliedReportingOverflow(by: size)
        self.init(limit: size, offset: isTooFar ? Int.max : offset)
    }

    /// The page that holds the first item asked for, counted from 1.
    var page: Int { limit == 0 ? 1 : offset / limit + 1 }
}
