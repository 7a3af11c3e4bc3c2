internal import CLinux
internal import Glibc

/// The whole service: loads the catalog, starts its reactors, and stays to watch over them.
///
///     load ▸ listen ▸ reactors run ── SIGTERM or SIGINT ──▶ drain ▸ exit
package struct Server {
    private let configuration: Configuration

    package init(configuration: Configuration) { self.configuration = configuration }

    /// Serves, and works if there are workers, until told to stop.
    ///
    /// - Returns: the exit status: 0 after an orderly stop, 1 if the start failed or the grace ran out.
    package func run() -> Int32 {
        runUntilStopped(start) { running in
            "serving on http://\(configuration.host):\(running.port) with \(configuration.reactorCount) reactors"
                + (configuration.workers.isEmpty ? "" : " and \(workers)")
        }
    }

    /// Runs jobs and serves nothing, until told to stop.
    ///
    /// - Returns: as ``run()`` does.
    package func work() -> Int32 { runUntilStopped(startWorking) { _ in "working with \(workers)" } }

    private var workers: String {
        "workers " + configuration.workers.map { "\($0.queue):\($0.count)" }.joined(separator: ",")
    }

    private func runUntilStopped(
        _ start: () throws(ServerError) -> Running, _ greeting: (Running) -> String
    ) -> Int32 {
        // Before the first thread, which inherits it: these signals are for the main thread's `sigwait` alone.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        linux_ignore_signal(SIGPIPE)
        let running: Running
        do throws(ServerError) { running = try start() } catch {
            Self.say("cannot start: \(error.sentence)")
            return 1
        }
        Self.say(greeting(running))
        var signal: Int32 = 0
        sigwait(&signals, &signal)
        Self.say("stopping: finishing what is under way")
        let isDrained = running.stop(within: configuration.shutdownGrace)
        Self.say(isDrained ? "stopped" : "stopped before everything was finished: the grace was over")
        return isDrained ? 0 : 1
    }

    private struct Running {
        let shared: SharedState
        let port: UInt16
        let drained: CountedEvent

        /// Lets every reactor finish, for as long as the grace lasts.
        func stop(within grace: Duration) -> Bool {
            for mailbox in shared.mailboxes { mailbox.post(.drain) }
            shared.workerMailbox?.post(.drain)
            let threadCount = shared.mailboxes.count + (shared.workerMailbox == nil ? 0 : 1)
            let isDrained = drained.wait(for: threadCount, within: grace)
            shared.logWriter?.finish(within: Server.logGrace)
            return isDrained
        }
    }

    private func start() throws(ServerError) -> Running {
        let shared: SharedState = try make { () throws(SystemError) in
            var mailboxes: [Mailbox<FrontendMessage>] = []
            for _ in 0..<configuration.reactorCount { mailboxes.append(try Mailbox()) }
            return SharedState(
                configuration: configuration, logWriter: configuration.isLogging ? try LogWriter() : nil,
                mailboxes: mailboxes, workerMailbox: configuration.workers.isEmpty ? nil : try Mailbox(),
                relayWake: try WakeEvent())
        }
        let trustedProxies: TrustedProxies
        do throws(AdmissionError) {
            trustedProxies = try TrustedProxies(parsing: configuration.trustedProxies.joined(separator: " "))
        } catch { throw ServerError("PGSERVER_TRUSTED_PROXIES: \(error)") }
        let control = Control(shared: shared)
        let (catalog, credentials) = try control.loadFirst()
        let poolConfiguration = try control.poolConfiguration()
        let drained: CountedEvent = try make { () throws(SystemError) in try CountedEvent() }
        let canceller = Canceller()
        var port = UInt16(configuration.port)
        for (index, mailbox) in shared.mailboxes.enumerated() {
            let socket: Int32 = try make { () throws(SystemError) in
                try Socket.listen(host: configuration.host, port: port, backlog: Self.backlog).release()
            }
            port = Socket.port(of: socket)  // with port 0 the first socket chooses for all
            try make { () throws(SystemError) in
                try SystemThread.start(name: "reactor-\(index)") {
                    Self.react(
                        shared, mailbox, listening: socket, catalog, credentials, poolConfiguration, canceller,
                        trustedProxies, drained)
                }
            }
        }
        try startWorker(shared, poolConfiguration, try control.keywords(), canceller, drained)
        try make { () throws(SystemError) in
            try SystemThread.start(name: "control") { control.run() }
            try SystemThread.start(name: "relay") { RelayThread(shared: shared).run() }
        }
        return Running(shared: shared, port: port, drained: drained)
    }

    // MARK: Working

    /// Starts the worker alone.
    private func startWorking() throws(ServerError) -> Running {
        guard !configuration.workers.isEmpty else {
            throw ServerError("PGSERVER_WORKERS: 0 leaves a node that only works without work.")
        }
        let shared: SharedState = try make { () throws(SystemError) in
            SharedState(
                configuration: configuration, logWriter: configuration.isLogging ? try LogWriter() : nil,
                mailboxes: [], workerMailbox: try Mailbox(), relayWake: try WakeEvent())
        }
        let control = Control(shared: shared)
        let drained: CountedEvent = try make { () throws(SystemError) in try CountedEvent() }
        try startWorker(
            shared, try control.poolConfiguration(), try control.keywords(), Canceller(), drained)
        return Running(shared: shared, port: 0, drained: drained)
    }

    /// Starts the threads that run jobs and hear of them, if there are to be any.
    private func startWorker(
        _ shared: SharedState, _ poolConfiguration: PoolConfiguration, _ keywords: [(String, String)],
        _ canceller: Canceller, _ drained: CountedEvent
    ) throws(ServerError) {
        guard let mailbox = shared.workerMailbox else { return }
        let poolConfiguration = Self.workerPool(poolConfiguration, configuration)
        let performers: [Effect.Kind: any EffectPerformer]
        do throws(ConfigurationError) { performers = try Effect.performers(for: configuration) } catch {
            throw ServerError(error.sentences.joined(separator: " "))
        }
        try make { () throws(SystemError) in
            try SystemThread.start(name: "worker") {
                do throws(SystemError) {
                    let reactor = try Reactor()
                    let pool = Pool(configuration: poolConfiguration, loop: reactor, canceller: canceller)
                    let worker = try JobWorker(
                        loop: reactor, shared: shared, mailbox: mailbox, pool: pool, performers: performers)
                    try reactor.run()
                    withExtendedLifetime(worker) { drained.signal() }
                } catch {
                    fatalError("\(error): without an event loop there is no worker")
                }
            }
            let listener = JobListener(keywords: keywords, mailbox: mailbox)
            try SystemThread.start(name: "job-listener") { listener.run() }
        }
    }

    /// Connections of the slow class carry jobs, one for each that may run; two of the fast class carry what the worker
    /// itself asks.
    private static func workerPool(
        _ shared: PoolConfiguration, _ configuration: Configuration
    ) -> PoolConfiguration {
        var pool = shared
        pool.connection.applicationName = "pgserver worker"
        pool.connection.settings.removeAll { $0.name == "statement_timeout" }
        let milliseconds = String(JobWorker.engineTimeout.wholeMicroseconds / 1000)
        pool.connection.settings.append(("statement_timeout", milliseconds))
        pool.fastConnectionCount = 2
        pool.fastDepthMax = 1
        pool.slowConnectionCount = configuration.workers.reduce(0) { $0 + $1.count }
        pool.slowDepthMax = 1
        pool.waitingCountMax = 4096
        // What waits longer is a job whose lease may end.
        pool.queueTimeout = configuration.jobLease / 2
        return pool
    }

    /// The body of a reactor's thread.
    private static func react(
        _ shared: SharedState, _ mailbox: Mailbox<FrontendMessage>, listening socket: Int32, _ catalog: Catalog,
        _ credentials: Credentials, _ poolConfiguration: PoolConfiguration, _ canceller: Canceller,
        _ trustedProxies: TrustedProxies, _ drained: CountedEvent
    ) {
        do throws(SystemError) {
            let reactor = try Reactor()
            let pool = Pool(configuration: poolConfiguration, loop: reactor, canceller: canceller)
            let frontend = Frontend(
                loop: reactor, shared: shared, mailbox: mailbox, listening: Descriptor(owning: socket),
                catalog: catalog, credentials: credentials, pool: pool, trustedProxies: trustedProxies)
            try reactor.run()
            withExtendedLifetime(frontend) { drained.signal() }
        } catch {
            fatalError("\(error): without an event loop there is no server")
        }
    }

    private func make<Value>(_ body: () throws(SystemError) -> Value) throws(ServerError) -> Value {
        do throws(SystemError) { return try body() } catch { throw ServerError("\(error)") }
    }

    /// How long a stop waits for the last lines of the log.
    fileprivate static let logGrace = Duration.seconds(2)

    /// Connections the kernel keeps for us until they are accepted.
    private static let backlog: Int32 = 4096

    /// Tells whoever started the server, on standard error; requests are logged elsewhere.
    static func say(_ sentence: String) {
        let line = Array("pg-server: \(sentence)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}

/// Why the server cannot start, as a sentence.
struct ServerError: Error {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}
