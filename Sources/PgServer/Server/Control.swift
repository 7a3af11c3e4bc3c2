internal import Glibc

/// The thread that keeps catalog and keys current: it listens for changes, loads, and hands to every reactor.
///
/// It may wait, so it uses connections of its own. What it cannot load it refuses, and says so in health; the reactors
/// go on with what they have.
struct Control: Sendable {
    /// The channel on which SQL says that the catalog or the keys have changed.
    static let channel = "pgserver"
    /// How often the listening connection is tried by a notification to itself: a LISTEN can be dead without a sign.
    static let heartbeatInterval = Duration.seconds(30)
    /// How long a heartbeat may take to come back.
    static let heartbeatPatience = Duration.seconds(10)
    /// How long PostgreSQL may take for one of the catalog's queries, which wait for the locks of a deployment.
    static let answerTimeout = Duration.seconds(30)
    /// Reactors that ask for a new look because a function had changed are heard this often.
    static let requestInterval = Duration.milliseconds(50)
    /// Least time between two loads: any login of the database may notify, as often as it likes.
    static let reloadInterval = Duration.milliseconds(200)
    static let reconnectPauseFirst = Duration.milliseconds(100)
    static let reconnectPauseLongest = Duration.seconds(5)

    let shared: SharedState

    private var configuration: Configuration { shared.configuration }

    // MARK: The first load

    /// Loads catalog and keys, or says why the server cannot start.
    func loadFirst() throws(ServerError) -> (Catalog, Credentials) {
        let connection = try connect()
        do throws(KeyStoreError) {
            try KeyStore(connection: connection).prepare(algorithm: configuration.signingAlgorithm)
        } catch { throw ServerError(error.sentence) }
        do throws(CatalogError) { return try load(connection) } catch { throw ServerError(error.sentence) }
    }

    /// The sizes of every reactor's pool.
    func poolConfiguration() throws(ServerError) -> PoolConfiguration {
        let overrides: String
        let connection = try connect()
        do throws(CatalogError) { overrides = try loader(connection).readOverrides() } catch {
            throw ServerError(error.sentence)
        }
        let milliseconds = String(configuration.statementTimeout.wholeMicroseconds / 1000)
        var pool = PoolConfiguration(
            connection: ConnectionConfiguration(
                keywords: try keywords(),
                settings: [
                    ("pgserver.settings", overrides), ("statement_timeout", milliseconds), ("jit", "off"),
                    ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("bytea_output", "hex"), ("search_path", ""),
                    ("idle_in_transaction_session_timeout", "10s"),
                    // What runs for a server that has gone, in whatever way, ends too.
                    ("client_connection_check_interval", "2s"),
                ]))
        pool.fastConnectionCount = configuration.fastConnectionCount
        pool.slowConnectionCount = configuration.slowConnectionCount
        pool.fastDepthMax = configuration.pipelineDepthMax
        pool.waitingCountMax = configuration.queueCountMax
        pool.queueTimeout = configuration.queueTimeout
        return pool
    }

    // MARK: The thread

    /// Never returns.
    func run() {
        var pause = Self.reconnectPauseFirst
        while true {
            do throws(ControlError) {
                try listen { pause = Self.reconnectPauseFirst }
            } catch {
                shared.updateStatus { $0.isListening = false }
                Server.say("the control connection was lost: \(error.sentence)")
            }
            sleep(pause)
            pause = min(pause * 2, Self.reconnectPauseLongest)
        }
    }

    private struct ControlError: Error {
        let sentence: String
    }

    /// Listens until the connection fails. LISTEN comes first and the load after it, so that no change falls between.
    private func listen(_ listening: () -> Void) throws(ControlError) {
        let connection: BlockingConnection
        do throws(ServerError) { connection = try connect() } catch { throw ControlError(sentence: error.sentence) }
        do throws(PostgresError) {
            try connection.listen(Self.channel)
            shared.updateStatus { $0.isListening = true }
            listening()
            reload(connection)
            var lastHeard = ContinuousClock.now
            var heartbeatSentAt: ContinuousClock.Instant?
            var isReloadDue = false
            var lastReload = ContinuousClock.now
            var sessionWatch = SessionWatch(shared: shared)
            while true {
                if let notification = try connection.waitForNotification(timeout: Self.requestInterval) {
                    lastHeard = ContinuousClock.now
                    if notification.payload == heartbeat { heartbeatSentAt = nil }
                    if notification.payload == "catalog" || notification.payload == "keys" { isReloadDue = true }
                    if notification.payload == "sessions" { sessionWatch.request() }
                }
                if shared.takeReloadRequest() { isReloadDue = true }
                if isReloadDue, ContinuousClock.now - lastReload > Self.reloadInterval {
                    isReloadDue = false
                    reload(connection)
                    lastReload = ContinuousClock.now
                }
                let now = ContinuousClock.now
                try sessionWatch.check(connection, at: now)
                if let sentAt = heartbeatSentAt {
                    if now - sentAt > Self.heartbeatPatience {
                        throw PostgresError.connection("its own notification did not come back")
                    }
                } else if now - lastHeard > Self.heartbeatInterval {
                    _ = try connection.rows("SELECT pg_notify($1, $2)", [Self.channel, heartbeat])
                    heartbeatSentAt = now
                    lastHeard = now
                }
            }
        } catch { throw ControlError(sentence: error.failure.message) }
    }

    /// Ours alone: other nodes listen on the same channel.
    private var heartbeat: String { "heartbeat \(getpid()) \(shared.startedAtMilliseconds)" }

    private func reload(_ connection: BlockingConnection) {
        do throws(CatalogError) {
            let (catalog, credentials) = try load(connection)
            for mailbox in shared.mailboxes { mailbox.post(.install(catalog, credentials)) }
        } catch {
            shared.updateStatus { status in
                status.fault = error.sentence
                status.refusedCount += 1
            }
            Server.say("the new catalog is refused, the old one stays: \(error.sentence)")
        }
    }

    // MARK: Loading

    private func load(_ connection: BlockingConnection) throws(CatalogError) -> (Catalog, Credentials) {
        let generation = shared.status.generation + 1
        let catalog = try loader(connection).load(generation: generation)
        let credentials = try loadKeys(connection, generation: UInt64(generation))
        shared.updateStatus { status in
            status.generation = generation
            status.loadedAtMilliseconds = WallClock.milliseconds()
            status.fault = nil
        }
        return (catalog, credentials)
    }

    private func loader(_ connection: BlockingConnection) -> CatalogLoader {
        CatalogLoader(connection: connection, configuration: configuration, registry: shared.registry)
    }

    private func loadKeys(_ connection: BlockingConnection, generation: UInt64) throws(CatalogError) -> Credentials {
        do throws(KeyStoreError) {
            let keys = try KeyStore(connection: connection).load(generation: generation)
            return Credentials(
                keys: keys, issuer: configuration.tokenIssuer, requiresIssuer: configuration.requiresTokenIssuer,
                audience: configuration.tokenAudience)
        } catch { throw CatalogError(error.sentence) }
    }

    /// How the server connects.
    func keywords() throws(ServerError) -> [(String, String)] {
        do throws(ConfigurationError) { return try configuration.serverKeywords() } catch {
            throw ServerError(error.sentences.joined(separator: " "))
        }
    }

    private func connect() throws(ServerError) -> BlockingConnection {
        let keywords = try keywords()
        do throws(PostgresError) {
            return try BlockingConnection(keywords: keywords, answerTimeout: Self.answerTimeout)
        } catch {
            throw ServerError("PostgreSQL: \(error.failure.message)")
        }
    }

    private func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }
}
