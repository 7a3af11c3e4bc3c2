import CLibpq
import Glibc

/// One connection that waits for each answer: for the commands and the control thread.
///
/// Never used on a reactor, whose turn may not wait. Not `Sendable`: a connection stays on the thread that made it.
final class BlockingConnection {
    /// A message that PostgreSQL sends beside the answer, such as `NOTICE` and its sentence.
    typealias NoticeHandler = (_ severity: String, _ message: String) -> Void

    /// Called for each notice. Without a handler notices are dropped, rather than printed by libpq.
    var noticeHandler: NoticeHandler?

    private let raw: OpaquePointer

    /// How long PostgreSQL may take for an answer; nil waits for ever, as a deployment does. A backend that hangs, or a
    /// network that swallows everything, says nothing by itself. Past it the connection is lost.
    private let answerTimeout: Duration?
    private var isGivenUp = false

    /// How long a connection may take to be established, in seconds, unless the caller's keywords say otherwise.
    private static let connectTimeoutSeconds = 10

    /// - Parameter conninfo: A URI or a list of keywords, as libpq reads it.
    convenience init(conninfo: String) throws(PostgresError) {
        try self.init(keywords: [("dbname", conninfo)])
    }

    /// - Parameter keywords: libpq's connection keywords; a later one overrides an earlier one. The first `dbname` may
    ///   be a whole URI or conninfo string.
    init(keywords: [(String, String)], answerTimeout: Duration? = nil) throws(PostgresError) {
        self.answerTimeout = answerTimeout
        let defaults = [
            ("connect_timeout", String(Self.connectTimeoutSeconds)), ("fallback_application_name", "pg-server"),
        ]
        let all = defaults + keywords + [("client_encoding", "UTF8")]
        let opened = withCStrings(all.map(\.0)) { names in
            withCStrings(all.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let opened else { throw .connection("no memory for a connection") }
        raw = opened
        guard PQstatus(raw) == CONNECTION_OK else { throw connectionError() }
        // Otherwise libpq would wait for as long as the socket takes nothing.
        if answerTimeout != nil, PQsetnonblocking(raw, 1) != 0 { throw connectionError() }
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = PQsetNoticeReceiver(raw, receiveNotice, context)
    }

    deinit { PQfinish(raw) }

    /// Whether the server asked for a password and took the one given.
    var usedPassword: Bool { PQconnectionUsedPassword(raw) == 1 }

    /// The host, port and database that answered, as a client would write them.
    var location: (host: String, port: String, database: String) {
        func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
        return (text(PQhost(raw)), text(PQport(raw)), text(PQdb(raw)))
    }

    /// Whether a transaction block is open, in whatever state.
    var isInTransaction: Bool { PQtransactionStatus(raw) != PQTRANS_IDLE }

    /// Runs statements separated by semicolons and drops their rows.
    ///
    /// - Throws: the failure of the first statement that failed; those after it did not run.
    func run(_ script: String) throws(PostgresError) {
        try refuseNul(script)
        guard PQsendQuery(raw, script) == 1 else { throw connectionError() }
        let deadline = answerTimeout.map { ContinuousClock.now + $0 }
        var completedCount = 0
        var failure: PostgresError?
        while let result = try nextResult(until: deadline) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                completedCount += 1
            case PGRES_COPY_IN:
                _ = PQputCopyEnd(raw, "a script cannot carry the rows of COPY FROM STDIN")
            case PGRES_COPY_OUT:
                discardCopy()
            default:
                failure = failure ?? error(of: result, completedCount: completedCount)
            }
            if PQstatus(raw) != CONNECTION_OK { break }
        }
        if let failure { throw failure }
        guard PQstatus(raw) == CONNECTION_OK else { throw connectionError() }
    }

    /// Runs one statement with `$1`-style parameters and gives its rows as text.
    func rows(_ sql: String, _ parameters: [String?] = []) throws(PostgresError) -> [[String?]] {
        let result = try result(sql, parameters)
        return (0..<result.rowCount).map { row in
            (0..<result.columnCount).map { column in result.string(row: row, column: column) }
        }
    }

    /// Runs one statement with `$1`-style parameters and gives its rows where libpq keeps them.
    func result(_ sql: String, _ parameters: [String?] = []) throws(PostgresError) -> QueryResult {
        try refuseNul(sql)
        for parameter in parameters { if let parameter { try refuseNul(parameter) } }
        let deadline = answerTimeout.map { ContinuousClock.now + $0 }
        let isSent = withCStrings(parameters) { values in
            PQsendQueryParams(raw, sql, Int32(parameters.count), nil, values, nil, nil, 0)
        }
        guard isSent == 1, let answer = try nextResult(until: deadline) else { throw connectionError() }
        // One statement has one result; a connection that breaks behind it has another, which its loss tells as well.
        while let other = try remainder(behind: answer, until: deadline) { PQclear(other) }
        switch PQresultStatus(answer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return QueryResult(owning: answer)
        default:
            defer { PQclear(answer) }
            throw error(of: answer, completedCount: 0)
        }
    }

    /// Asks for the notifications of a channel; ``waitForNotification(timeout:)`` gives them.
    func listen(_ channel: String) throws(PostgresError) {
        _ = try rows("LISTEN \(quoted(identifier: channel))")
    }

    /// The next notification, waiting for it if there is none yet; `nil` when the time is up.
    ///
    /// - Parameter wake: Ends the wait, with `nil`, as soon as it is signalled; the caller clears it.
    /// - Throws: when the connection is lost, so that the caller connects and listens anew.
    func waitForNotification(
        timeout: Duration, wake: WakeEvent? = nil
    ) throws(PostgresError) -> (channel: String, payload: String)? {
        let deadline = ContinuousClock.now + timeout
        while true {
            if let notification = PQnotifies(raw) {
                defer { PQfreemem(notification) }
                return (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
            }
            let left = max(.zero, deadline - ContinuousClock.now)
            // A negative descriptor is passed over by `poll`.
            var watched = [
                pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            guard watched[0].fd >= 0 else { throw connectionError() }
            let milliseconds = min((left / .milliseconds(1)).rounded(.up), Double(Int32.max))
            let answer = poll(&watched, nfds_t(watched.count), Int32(milliseconds))
            if answer < 0, errno != EINTR { throw .connection("poll failed: \(String(cString: strerror(errno)))") }
            if answer > 0, watched[0].revents != 0 {
                guard PQconsumeInput(raw) == 1 else { throw connectionError() }
                continue
            }
            if left == .zero || (answer > 0 && watched[1].revents != 0) { return nil }
        }
    }

    /// Whether the connection itself is gone, as far as libpq has noticed, or was given up.
    var isLost: Bool { isGivenUp || PQstatus(raw) != CONNECTION_OK }

    // MARK: Waiting

    /// The next result of what was sent; nil when there is no more.
    private func nextResult(until deadline: ContinuousClock.Instant?) throws(PostgresError) -> OpaquePointer? {
        guard let deadline else { return PQgetResult(raw) }
        while true {
            let isUnsent = PQflush(raw) == 1
            if PQisBusy(raw) == 0 { return PQgetResult(raw) }
            try wait(until: deadline, forWriting: isUnsent)
        }
    }

    private func remainder(
        behind answer: OpaquePointer, until deadline: ContinuousClock.Instant?
    ) throws(PostgresError) -> OpaquePointer? {
        do throws(PostgresError) { return try nextResult(until: deadline) } catch {
            PQclear(answer)
            throw error
        }
    }

    /// Waits for bytes and takes them.
    private func wait(until deadline: ContinuousClock.Instant, forWriting: Bool) throws(PostgresError) {
        let left = deadline - ContinuousClock.now
        guard left > .zero else {
            isGivenUp = true
            throw .connection("PostgreSQL did not answer in time")
        }
        var watched = pollfd(fd: PQsocket(raw), events: Int16(POLLIN | (forWriting ? POLLOUT : 0)), revents: 0)
        guard watched.fd >= 0 else { throw connectionError() }
        let milliseconds = min((left / .milliseconds(1)).rounded(.up), Double(Int32.max))
        let count = poll(&watched, 1, Int32(milliseconds))
        if count < 0, errno != EINTR { throw .connection("poll failed: \(String(cString: strerror(errno)))") }
        // A failure stands in the result that follows.
        if count > 0, watched.revents & ~Int16(POLLOUT) != 0 { _ = PQconsumeInput(raw) }
    }

    /// A name made safe to stand in a statement.
    func quoted(identifier: String) throws(PostgresError) -> String {
        try refuseNul(identifier)
        guard let quoted = PQescapeIdentifier(raw, identifier, strlen(identifier)) else { throw connectionError() }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    /// A text made safe to stand in a statement, with its quotes.
    func quoted(literal: String) throws(PostgresError) -> String {
        try refuseNul(literal)
        guard let quoted = PQescapeLiteral(raw, literal, strlen(literal)) else { throw connectionError() }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    /// What PostgreSQL stores for a password. Sending this instead keeps the clear text out of the server's log.
    func scramVerifier(password: String, role: String) throws(PostgresError) -> String {
        guard let verifier = PQencryptPasswordConn(raw, password, role, "scram-sha-256") else {
            throw connectionError()
        }
        defer { PQfreemem(verifier) }
        return String(cString: verifier)
    }

    private func discardCopy() {
        var line: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(raw, &line, 0) > 0 { PQfreemem(line) }
    }

    /// libpq's strings end at the first NUL, so one inside would cut the statement short.
    private func refuseNul(_ text: String) throws(PostgresError) {
        guard !text.utf8.contains(0) else {
            throw PostgresError(failure: SQLFailure(sqlState: "22021", message: "the text holds a NUL character"))
        }
    }

    private func connectionError() -> PostgresError {
        .connection(trimmed(String(cString: PQerrorMessage(raw))))
    }

    private func error(of result: OpaquePointer, completedCount: Int) -> PostgresError {
        func field(_ code: Int) -> String? { PQresultErrorField(result, Int32(code)).map { String(cString: $0) } }
        guard let sqlState = field(PGS_DIAG_SQLSTATE) else {
            return .connection(trimmed(String(cString: PQresultErrorMessage(result))))
        }
        var failure = SQLFailure(sqlState: sqlState, message: field(PGS_DIAG_MESSAGE_PRIMARY) ?? "")
        failure.detail = field(PGS_DIAG_MESSAGE_DETAIL)
        failure.hint = field(PGS_DIAG_MESSAGE_HINT)
        failure.schema = field(PGS_DIAG_SCHEMA_NAME)
        failure.table = field(PGS_DIAG_TABLE_NAME)
        failure.column = field(PGS_DIAG_COLUMN_NAME)
        failure.dataType = field(PGS_DIAG_DATATYPE_NAME)
        failure.constraint = field(PGS_DIAG_CONSTRAINT_NAME)
        return PostgresError(
            failure: failure,
            position: field(statementPositionField).flatMap { Int($0) },
            context: field(PGS_DIAG_CONTEXT),
            completedStatementCount: completedCount)
    }
}

/// `PG_DIAG_STATEMENT_POSITION`, a character constant that Swift does not import.
private let statementPositionField = Int(UInt8(ascii: "P"))

private func receiveNotice(context: UnsafeMutableRawPointer?, result: OpaquePointer?) {
    guard let context, let result else { return }
    let connection = Unmanaged<BlockingConnection>.fromOpaque(context).takeUnretainedValue()
    guard let handler = connection.noticeHandler,
        let severity = PQresultErrorField(result, Int32(PGS_DIAG_SEVERITY)),
        let message = PQresultErrorField(result, Int32(PGS_DIAG_MESSAGE_PRIMARY))
    else { return }
    handler(String(cString: severity), String(cString: message))
}

/// Lends the strings as a C array that ends with a null pointer; `nil` becomes a null pointer.
private func withCStrings<R>(_ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
    let copies = strings.map { string in string.flatMap { strdup($0) } }
    defer { for copy in copies { free(copy) } }
    let pointers: [UnsafePointer<CChar>?] = copies.map { copy in copy.map { UnsafePointer($0) } } + [nil]
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
}

/// libpq ends its messages with a line break.
private func trimmed(_ message: String) -> String {
    var message = message[...]
    while let last = message.last, last.isWhitespace { message.removeLast() }
    return String(message)
}
