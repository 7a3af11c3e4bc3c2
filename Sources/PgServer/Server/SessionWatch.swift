/// Finds the sessions that have ended while streams depend on them, and tells the reactors that have the streams.
struct SessionWatch {
    /// Between two looks that nobody asked for: a notification can be lost, and a session can end by time alone.
    static let interval = Duration.seconds(15)
    /// Least time between two looks, however many sign out.
    static let requestInterval = Duration.seconds(1)
    /// Sessions asked about at once.
    static let sessionCountMax = 5000

    private let shared: SharedState
    private var isRequested = true
    private var lastLook: ContinuousClock.Instant?

    init(shared: SharedState) { self.shared = shared }

    /// Some session has ended.
    mutating func request() { isRequested = true }

    /// Looks if it is time to.
    mutating func check(
        _ connection: BlockingConnection, at now: ContinuousClock.Instant
    ) throws(PostgresError) {
        if let lastLook, now - lastLook < (isRequested ? Self.requestInterval : Self.interval) { return }
        lastLook = now
        isRequested = false
        let sessions = shared.streamSessions.all
        for start in stride(from: 0, to: sessions.count, by: Self.sessionCountMax) {
            let some = sessions[start..<min(start + Self.sessionCountMax, sessions.count)]
            tell(try ended(of: some, connection))
        }
    }

    private func ended(
        of sessions: ArraySlice<StreamSession>, _ connection: BlockingConnection
    ) throws(PostgresError) -> Set<StreamSession> {
        let tenants = "{" + sessions.map(\.tenant.text).joined(separator: ",") + "}"
        let ids = "{" + sessions.map(\.sessionID).joined(separator: ",") + "}"
        var ended: Set<StreamSession> = []
        for row in try connection.rows(EngineSQL.endedSessions, [tenants, ids]) {
            guard let tenant = row[0].flatMap(TenantID.init), let id = row[1] else { continue }
            ended.insert(StreamSession(tenant: tenant, sessionID: id))
        }
        return ended
    }

    /// A full mailbox misses this word and gets it at the next look: the streams are still there.
    private func tell(_ ended: Set<StreamSession>) {
        for (reactor, sessions) in shared.streamSessions.reactors(of: ended) {
            shared.mailboxes[reactor].post(.endedSessions(sessions))
        }
    }
}
