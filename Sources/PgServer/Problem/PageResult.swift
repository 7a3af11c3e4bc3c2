/// One page of a list: what was asked for, and how much there is.
struct PageResult: Equatable, Sendable {
    var request: PageRequest
    /// All items of the list, where the function counted them.
    var total: Int?
    /// The items of this page.
    var count: Int

    /// Without a total, a full page promises another one.
    var hasNext: Bool {
        guard let total else { return count > 0 && count >= request.limit }
        return total - count > request.offset
    }

    var hasPrevious: Bool { request.offset > 0 }

    var totalPages: Int? {
        guard let total, request.limit > 0 else { return nil }
        return total / request.limit + (total % request.limit == 0 ? 0 : 1)
    }
}
