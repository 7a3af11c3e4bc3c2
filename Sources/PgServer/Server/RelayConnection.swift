/// What the relay asks PostgreSQL, on the one connection that listens.
struct RelayConnection {
    /// Why the connection has to be given up.
    struct Failure: Error {
        let sentence: String
    }

    enum Notification: Equatable {
        /// Somebody wrote an event.
        case written
        /// Somebody numbered events.
        case numbered
        /// Ours came back.
        case heartbeat
        case other
    }

    /// A transaction that wrote an event notifies here.
    static let writtenChannel = "pgserver_events"
    /// The sequencer notifies here.
    static let numberedChannel = "pgserver_log"
    /// Bounds for the time of a statement, which is the one configured for all. Numbering and reading take
    /// milliseconds, and a frame function that takes longer holds up everybody's events.
    static let statementTimeoutRange = Duration.milliseconds(500)...Duration.seconds(5)
    /// How long past its own limit a statement may keep us before the connection is given up.
    static let hangGrace = Duration.seconds(5)
    /// A larger frame would fill the buffer of every listener: it fails.
    static let frameByteCountMax = 1 << 20

    private let connection: BlockingConnection
    /// Distinguishes our heartbeats: all nodes listen on the same channels.
    private let heartbeat: String

    /// Connects and listens, in this order: what is read afterwards misses nothing.
    init(keywords: [(String, String)], statementTimeout: Duration, heartbeat: String) throws(Failure) {
        self.heartbeat = "heartbeat " + heartbeat
        let range = Self.statementTimeoutRange
        let timeout = min(max(statementTimeout, range.lowerBound), range.upperBound)
        connection = try Self.attempt { () throws(PostgresError) in
            let connection = try BlockingConnection(
                keywords: [("keepalives_idle", "30"), ("tcp_user_timeout", "15000")] + keywords + [
                    ("application_name", "pgserver relay")
                ], answerTimeout: timeout + Self.hangGrace)
            _ = try connection.rows(EngineSQL.relaySettings, [String(timeout.wholeMicroseconds / 1000)])
            try connection.listen(Self.writtenChannel)
            try connection.listen(Self.numberedChannel)
            return connection
        }
    }

    // MARK: Notifications

    /// The next notification; nil when the time is up or the thread was woken.
    func wait(within limit: Duration, wake: WakeEvent?) throws(Failure) -> Notification? {
        let heard = try Self.attempt { () throws(PostgresError) in
            try connection.waitForNotification(timeout: limit, wake: wake)
        }
        guard let heard else { return nil }
        if heard.payload == heartbeat { return .heartbeat }
        guard heard.payload.isEmpty else { return .other }
        return heard.channel == Self.writtenChannel ? .written : .numbered
    }

    func sendHeartbeat() throws(Failure) {
        _ = try rows(EngineSQL.notify, [Self.numberedChannel, heartbeat])
    }

    // MARK: The log

    /// The last serial given, and which life of the log it belongs to.
    func head() throws(Failure) -> (serial: Int64, epoch: Int) {
        let row = try rows(EngineSQL.eventHead).first ?? []
        guard row.count == 2, let serial = row[0].flatMap({ Int64($0) }), let epoch = row[1].flatMap({ Int($0) }) else {
            throw Failure(sentence: "api.event_head() did not give a serial and an epoch")
        }
        return (serial, epoch)
    }

    func becomeSequencer() throws(Failure) -> Bool { try rows(EngineSQL.becomeSequencer).first?.first == "t" }

    func isSequencerPending() throws(Failure) -> Bool { try rows(EngineSQL.isSequencerPending).first?.first == "t" }

    /// Numbers what has become visible.
    func sequence(countMax: Int) throws(Failure) -> [EventHeader] {
        try headers(EngineSQL.sequenceEvents, [String(countMax)])
    }

    /// What was numbered after `serial`.
    func read(after serial: Int64, countMax: Int) throws(Failure) -> [EventHeader] {
        try headers(EngineSQL.readEvents, [String(serial), String(countMax)])
    }

    private func headers(_ sql: String, _ parameters: [String?]) throws(Failure) -> [EventHeader] {
        var headers: [EventHeader] = []
        let rows = try rows(sql, parameters)
        headers.reserveCapacity(rows.count)
        for row in rows {
            guard row.count == 7, let serial = row[0].flatMap({ Int64($0) }),
                let tenant = row[1].flatMap(TenantID.init), let position = row[2].flatMap({ Int64($0) }),
                let topic = row[3], let type = row[4],
                let created = row[6].flatMap({ Int64($0) })
            else { throw Failure(sentence: "a row of the event log cannot be read") }
            headers.append(
                EventHeader(
                    serial: serial, tenant: tenant, position: position, topic: topic, type: type, subject: row[5],
                    createdMicroseconds: created))
        }
        return headers
    }

    // MARK: Frames

    private struct FrameKey: Hashable {
        let serial: Int64
        let route: Int
    }

    /// The frames that a distribution wants, one outcome for each.
    func render(
        _ wanted: ArraySlice<EventDistribution.Wanted>, of events: [EventHeader], epoch: Int
    ) throws(Failure) -> [EventDistribution.Outcome] {
        guard !wanted.isEmpty else { return [] }
        let serials = "{" + wanted.map { String(events[$0.event].serial) }.joined(separator: ",") + "}"
        let routes = "{" + wanted.map { String($0.route.id) }.joined(separator: ",") + "}"
        do throws(PostgresError) {
            let result = try connection.result(EngineSQL.renderEvents, [serials, routes])
            return outcomes(of: result, wanted, events, epoch)
        } catch {
            if connection.isLost || Self.isLoss(error) { throw Failure(sentence: error.failure.message) }
            // One frame may spoil the statement, by its time for example: the others are found by halving.
            guard wanted.count > 1 else { return [.failed(message: error.failure.message)] }
            let middle = wanted.startIndex + wanted.count / 2
            return try render(wanted[..<middle], of: events, epoch: epoch)
                + render(wanted[middle...], of: events, epoch: epoch)
        }
    }

    private func outcomes(
        of result: borrowing QueryResult, _ wanted: ArraySlice<EventDistribution.Wanted>, _ events: [EventHeader],
        _ epoch: Int
    ) -> [EventDistribution.Outcome] {
        var rows: [FrameKey: Int] = [:]
        var unserved: Set<Int> = []
        for row in 0..<result.rowCount {
            guard let route = result.number(row: row, column: 1) else { continue }
            if let serial = result.number(row: row, column: 0) {
                rows[FrameKey(serial: Int64(serial), route: route)] = row
            } else {
                unserved.insert(route)
            }
        }
        var outcomes: [EventDistribution.Outcome] = []
        outcomes.reserveCapacity(wanted.count)
        for one in wanted {
            let event = events[one.event]
            guard let row = rows[FrameKey(serial: event.serial, route: one.route.id)] else {
                outcomes.append(
                    unserved.contains(one.route.id) ? .unserved : .failed(message: "the event is no longer kept"))
                continue
            }
            if let message = result.string(row: row, column: 3) {
                outcomes.append(.failed(message: message))
            } else if result.isNull(row: row, column: 2) {
                outcomes.append(.hidden)
            } else {
                let outcome = result.withField(row: row, column: 2) { json -> EventDistribution.Outcome in
                    guard json.count <= Self.frameByteCountMax else {
                        return .failed(message: "the frame is larger than \(Self.frameByteCountMax) bytes")
                    }
                    return .frame(EventFrame(event, epoch: epoch, route: one.route, json: json))
                }
                outcomes.append(outcome)
            }
        }
        return outcomes
    }

    // MARK: Failures

    /// Whether an error says that the session has ended: connection failure, shutdown, idle for too long.
    private static func isLoss(_ error: PostgresError) -> Bool {
        let state = error.failure.sqlState
        return state.hasPrefix("08") || state.hasPrefix("57P")
    }

    private func rows(_ sql: String, _ parameters: [String?] = []) throws(Failure) -> [[String?]] {
        try Self.attempt { () throws(PostgresError) in try connection.rows(sql, parameters) }
    }

    private static func attempt<Value>(_ body: () throws(PostgresError) -> Value) throws(Failure) -> Value {
        do throws(PostgresError) { return try body() } catch { throw Failure(sentence: error.failure.message) }
    }
}
