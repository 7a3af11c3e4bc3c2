/// The interests that count, arranged so that an event finds its streams with a few lookups, however many listen.
///
/// Belongs to the relay's thread, which brings it up to date between two batches.
struct InterestTable {
    /// A stream that shows an event, and the reactors that have listeners for it.
    struct Match: Equatable {
        let route: RelayRoute
        let reactors: ReactorSet
    }

    private struct Stream {
        var route: RelayRoute
        var reactors: [EventInterest: ReactorSet] = [:]
    }

    private struct Tenant {
        var streams: [Int: Stream] = [:]  // by route id
        var interestCounts: [Int: Int] = [:]  // by reactor
    }

    private var tenants: [TenantID: Tenant] = [:]
    private(set) var count = 0

    var isEmpty: Bool { tenants.isEmpty }

    mutating func apply(_ changes: RelayInterest.Changes) {
        for key in changes.removed { remove(key) }
        for (key, route) in changes.added { add(key, route) }
    }

    /// The streams that are to show an event.
    func matches(_ event: EventHeader) -> [Match] {
        guard let streams = tenants[event.tenant]?.streams else { return [] }
        var matches: [Match] = []
        for stream in streams.values {
            var reactors = ReactorSet()
            for interest in event.interests {
                if let some = stream.reactors[interest] { reactors.formUnion(some) }
            }
            if !reactors.isEmpty { matches.append(Match(route: stream.route, reactors: reactors)) }
        }
        return matches.sorted { $0.route.id < $1.route.id }
    }

    /// The reactors with any listener of a tenant.
    func reactors(of tenant: TenantID) -> ReactorSet {
        var all = ReactorSet()
        for reactor in (tenants[tenant]?.interestCounts ?? [:]).keys { all.insert(reactor) }
        return all
    }

    private mutating func add(_ key: RelayInterest.Key, _ route: RelayRoute) {
        // Taken out while it changes, or the dictionaries inside would be copied by each change.
        var tenant = tenants.removeValue(forKey: key.tenant) ?? Tenant()
        var stream = tenant.streams.removeValue(forKey: key.routeID) ?? Stream(route: route)
        stream.route = route
        var reactors = stream.reactors[key.interest] ?? ReactorSet()
        if !reactors.contains(key.reactor) {
            count += 1
            tenant.interestCounts[key.reactor, default: 0] += 1
        }
        reactors.insert(key.reactor)
        stream.reactors[key.interest] = reactors
        tenant.streams[key.routeID] = stream
        tenants[key.tenant] = tenant
    }

    private mutating func remove(_ key: RelayInterest.Key) {
        guard var tenant = tenants.removeValue(forKey: key.tenant) else { return }
        defer { if !tenant.streams.isEmpty { tenants[key.tenant] = tenant } }
        guard var stream = tenant.streams.removeValue(forKey: key.routeID) else { return }
        defer { if !stream.reactors.isEmpty { tenant.streams[key.routeID] = stream } }
        guard var reactors = stream.reactors[key.interest], reactors.contains(key.reactor) else { return }
        reactors.remove(key.reactor)
        stream.reactors[key.interest] = reactors.isEmpty ? nil : reactors
        count -= 1
        let left = (tenant.interestCounts[key.reactor] ?? 1) - 1
        tenant.interestCounts[key.reactor] = left > 0 ? left : nil
    }
}

extension EventHeader {
    /// The conditions that this event meets.
    fileprivate var interests: [EventInterest] {
        var interests = [
            EventInterest(topic: topic, type: nil, subject: nil), EventInterest(topic: topic, type: type, subject: nil),
        ]
        if let subject {
            interests.append(EventInterest(topic: topic, type: nil, subject: subject))
            interests.append(EventInterest(topic: topic, type: type, subject: subject))
        }
        return interests
    }
}
