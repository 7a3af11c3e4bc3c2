/// Requests as one reactor counted them: by route, status and duration.
struct RequestMetrics: Sendable {
    /// What is counted of one route. `statuses` has a few entries at most, so a linear search beats a dictionary.
    struct RouteCounters: Sendable {
        var statuses: [(status: Int, count: UInt64)] = []
        var duration = Histogram()
        var responseByteCount: UInt64 = 0

        mutating func add(status: Int, microseconds: Int64, byteCount: Int) {
            duration.add(microseconds: microseconds)
            responseByteCount += UInt64(byteCount)
            for index in statuses.indices where statuses[index].status == status {
                statuses[index].count += 1
                return
            }
            statuses.append((status, 1))
        }

        mutating func add(_ other: RouteCounters) {
            duration.add(other.duration)
            responseByteCount += other.responseByteCount
            for entry in other.statuses {
                if let index = statuses.firstIndex(where: { $0.status == entry.status }) {
                    statuses[index].count += entry.count
                } else {
                    statuses.append(entry)
                }
            }
        }
    }

    /// By `METHOD /pattern`, so that counts survive a reload that renumbers the routes; `""` is what matched no route.
    private(set) var routes: [String: RouteCounters] = [:]
    var connectionsAccepted: UInt64 = 0
    var connectionsRefused: UInt64 = 0
    var connectionsCutOff: UInt64 = 0
    var connectionsOpen = 0
    var handshakes: UInt64 = 0
    var handshakesFailed: UInt64 = 0
    var heldByteCount = 0
    var rateLimited: UInt64 = 0
    var clientsGone: UInt64 = 0
    var malformedRequests: UInt64 = 0
    var idempotentReplays: UInt64 = 0

    mutating func add(route: String, _ counters: RouteCounters) {
        routes[route, default: RouteCounters()].add(counters)
    }

    mutating func add(_ other: RequestMetrics) {
        for (route, counters) in other.routes { add(route: route, counters) }
        connectionsAccepted += other.connectionsAccepted
        connectionsRefused += other.connectionsRefused
        connectionsCutOff += other.connectionsCutOff
        heldByteCount += other.heldByteCount
        connectionsOpen += other.connectionsOpen
        handshakes += other.handshakes
        handshakesFailed += other.handshakesFailed
        rateLimited += other.rateLimited
        clientsGone += other.clientsGone
        malformedRequests += other.malformedRequests
        idempotentReplays += other.idempotentReplays
    }
}
