/// All routes of a catalog, as a tree over path segments that never changes.
///
/// Children are found in one hash table, so that the time of a match depends on the path and not on how many routes
/// there are. Where several routes fit a path, a literal beats a parameter and a parameter beats a rest, decided at
/// the leftmost segment that differs; but a route of another method never hides one that fits. The exception is a
/// verb: where `{id}:run` is a route of any method, `x:run` is never an `{id}`.
struct RouteTable: Sendable {
    struct Route: Sendable {
        var method: RouteMethod
        var pattern: RoutePattern
        /// Whose errors this path's clients understand.
        var dialect: Int
    }

    enum Match: Equatable, Sendable {
        /// The index of a route in the list the table was made from. HEAD finds the route of GET.
        case route(Int)
        /// The path is served, with these methods. OPTIONS comes here too, unless it is routed.
        case methodNotAllowed(allowed: MethodSet, dialect: Int)
        case notFound(dialect: Int)
    }

    private struct Node: Sendable {
        var parameter: Int32 = -1
        var rest: Int32 = -1
        var hasVerbs = false
        /// The route of each method, by ``RouteMethod/rawValue``.
        var routes = InlineArray<7, Int32>(repeating: -1)
    }

    private struct Edge: Sendable {
        var node: Int32
        var isVerb: Bool
        var label: Range<Int>
        var child: Int32
    }

    private struct Search {
        let method: RouteMethod
        var allowed: MethodSet = []
        var dialect = -1
    }

    private var nodes = [Node()]
    private var edges: [Edge] = []
    private var labels: [UInt8] = []
    /// Open addressing: the index of an edge, or -1. At most half full; its size is a power of two.
    private var slots: [Int32] = [-1, -1]
    private var dialects: [Int] = []
    private var prefixes: [(bytes: [UInt8], dialect: Int)] = []

    /// - Parameters:
    ///   - routes: In the order their indices count.
    ///   - prefixes: Which dialect answers for paths that have no route; the longest prefix wins. One must be `/`.
    /// - Throws: for two routes that would answer the same requests, and for a missing or doubled prefix.
    init(_ routes: [Route], prefixes: [(prefix: String, dialect: Int)]) throws(RoutingError) {
        self.prefixes = prefixes.map { (Array($0.prefix.utf8), $0.dialect) }
        self.prefixes.sort { $0.bytes.count > $1.bytes.count }
        guard self.prefixes.last?.bytes == [UInt8(ascii: "/")] else {
            throw RoutingError(sentence: "No dialect has the prefix /.")
        }
        var seen: Set<[UInt8]> = []
        for prefix in self.prefixes where !seen.insert(prefix.bytes).inserted {
            let text = String(decoding: prefix.bytes, as: UTF8.self)
            throw RoutingError(sentence: "Two dialects have the prefix \(text).")
        }
        dialects = routes.map(\.dialect)
        for (index, route) in routes.enumerated() {
            let node = insert(route.pattern)
            let method = Int(route.method.rawValue)
            let other = Int(nodes[node].routes[method])
            guard other < 0 else {
                let (first, second) = (routes[other].pattern.text, route.pattern.text)
                throw RoutingError(sentence: "Routes \(route.method.name) \(first) and \(second) are the same.")
            }
            nodes[node].routes[method] = Int32(index)
        }
    }

    /// Finds the route of a request, without allocating.
    ///
    /// - Parameters:
    ///   - path: The path as received, without query, percent-encoding untouched.
    ///   - captures: Filled with the places of the parameters if there is a route, emptied if there is none.
    func match(_ method: RouteMethod, _ path: Span<UInt8>, into captures: inout Captures) -> Match {
        captures.truncate(to: 0)
        var search = Search(method: method)
        if !path.isEmpty, path[0] == UInt8(ascii: "/") {
            let route =
                path.count == 1 ? take(0, &search) : find(from: 0, at: 1, in: path, &search, into: &captures)
            if let route { return .route(route) }
        }
        captures.truncate(to: 0)
        guard search.allowed.isEmpty else {
            return .methodNotAllowed(allowed: search.allowed.withImplied, dialect: search.dialect)
        }
        return .notFound(dialect: dialect(of: path))
    }

    /// The most slots a lookup in this table may have to look at.
    var probeCountMax: Int {
        var longest = 0
        var run = 0
        for index in 0..<(2 * slots.count) {
            run = slots[index & (slots.count - 1)] < 0 ? 0 : run + 1
            longest = max(longest, run)
        }
        return longest + 1
    }

    // MARK: Matching

    private func find(
        from node: Int, at start: Int, in path: Span<UInt8>, _ search: inout Search, into captures: inout Captures
    ) -> Int? {
        var end = start
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        let isLast = end == path.count
        let count = captures.count
        func descend(to child: Int, _ search: inout Search, _ captures: inout Captures) -> Int? {
            isLast ? take(child, &search) : find(from: child, at: end + 1, in: path, &search, into: &captures)
        }
        if let child = child(of: node, isVerb: false, path.extracting(start..<end)) {
            if let route = descend(to: child, &search, &captures) { return route }
            captures.truncate(to: count)
        }
        if isLast, nodes[node].hasVerbs {
            var colon = end - 1
            while colon > start, path[colon] != UInt8(ascii: ":") { colon -= 1 }
            if colon > start, let child = child(of: node, isVerb: true, path.extracting((colon + 1)..<end)) {
                captures.append(start..<colon)
                return take(child, &search)
            }
        }
        if nodes[node].parameter >= 0, end > start {
            captures.append(start..<end)
            if let route = descend(to: Int(nodes[node].parameter), &search, &captures) { return route }
            captures.truncate(to: count)
        }
        if nodes[node].rest >= 0, start < path.count {
            captures.append(start..<path.count)
            if let route = take(Int(nodes[node].rest), &search) { return route }
            captures.truncate(to: count)
        }
        return nil
    }

    /// The route of the method wanted, if the path may end here; if it has only other methods, they are noted.
    private func take(_ node: Int, _ search: inout Search) -> Int? {
        let routes = nodes[node].routes
        if routes[Int(search.method.rawValue)] >= 0 { return Int(routes[Int(search.method.rawValue)]) }
        if search.method == .head, routes[Int(RouteMethod.get.rawValue)] >= 0 {
            return Int(routes[Int(RouteMethod.get.rawValue)])
        }
        for index in 0..<7 where routes[index] >= 0 {
            search.allowed.insert(MethodSet(rawValue: 1 << UInt8(index)))
            if search.dialect < 0 { search.dialect = dialects[Int(routes[index])] }
        }
        return nil
    }

    /// A prefix ends where a segment or its verb does: `/api` is one of `/api/x` and `/api:x`, not of `/apis`.
    private func dialect(of path: Span<UInt8>) -> Int {
        for prefix in prefixes where path.count >= prefix.bytes.count {
            let count = prefix.bytes.count
            guard prefix.bytes.indices.allSatisfy({ path[$0] == prefix.bytes[$0] }) else { continue }
            if count == path.count || prefix.bytes.last == UInt8(ascii: "/") || path[count] == UInt8(ascii: "/")
                || path[count] == UInt8(ascii: ":")
            {
                return prefix.dialect
            }
        }
        return prefixes.last?.dialect ?? 0  // a target that is no path, such as `*`
    }

    // MARK: The hash table

    private func child(of node: Int, isVerb: Bool, _ label: Span<UInt8>) -> Int? {
        let mask = slots.count - 1
        var slot = Self.hash(node: node, isVerb: isVerb, label) & mask
        while slots[slot] >= 0 {
            let edge = edges[Int(slots[slot])]
            if edge.node == node, edge.isVerb == isVerb, edge.label.count == label.count {
                var index = 0
                while index < label.count, labels[edge.label.lowerBound + index] == label[index] { index += 1 }
                if index == label.count { return Int(edge.child) }
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// FNV-1a, then mixed, since the table uses the low bits. The catalog is trusted, so no seed is needed.
    private static func hash(node: Int, isVerb: Bool, _ label: Span<UInt8>) -> Int {
        var hash = 0xCBF2_9CE4_8422_2325 ^ UInt64(node) &* 0x9E37_79B9_7F4A_7C15 ^ (isVerb ? 1 : 0)
        for index in label.indices { hash = (hash ^ UInt64(label[index])) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & 0x7FFF_FFFF)
    }

    // MARK: Building

    private mutating func insert(_ pattern: RoutePattern) -> Int {
        var node = 0
        for segment in pattern.segments {
            switch segment {
            case .literal(let label): node = childMade(of: node, isVerb: false, label)
            case .parameterWithVerb(let label):
                nodes[node].hasVerbs = true
                node = childMade(of: node, isVerb: true, label)
            case .parameter:
                if nodes[node].parameter < 0 {
                    nodes.append(Node())
                    nodes[node].parameter = Int32(nodes.count - 1)
                }
                node = Int(nodes[node].parameter)
            case .rest:
                if nodes[node].rest < 0 {
                    nodes.append(Node())
                    nodes[node].rest = Int32(nodes.count - 1)
                }
                node = Int(nodes[node].rest)
            }
        }
        return node
    }

    private mutating func childMade(of node: Int, isVerb: Bool, _ label: [UInt8]) -> Int {
        if let child = child(of: node, isVerb: isVerb, label.span) { return child }
        nodes.append(Node())
        let start = labels.count
        labels.append(contentsOf: label)
        let child = nodes.count - 1
        edges.append(Edge(node: Int32(node), isVerb: isVerb, label: start..<labels.count, child: Int32(child)))
        if 2 * edges.count > slots.count {
            slots = Array(repeating: -1, count: 2 * slots.count)
            for index in edges.indices { place(index) }
        } else {
            place(edges.count - 1)
        }
        return child
    }

    private mutating func place(_ edge: Int) {
        let (node, isVerb, label) = (Int(edges[edge].node), edges[edge].isVerb, edges[edge].label)
        var slot = Self.hash(node: node, isVerb: isVerb, labels.span.extracting(label)) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(edge)
    }
}
