internal import CLinux
internal import Glibc

/// The whole service: loads the catalog, starts its reactors, and stays to watch over them.
///
///     load ▸ listen ▸ reactors run ── SIGTERM, SIGINT, or another process serves after SIGUSR2 ──▶ drain ▸ exit
package struct Server {
    private let configuration: Configuration

    package init(configuration: Configuration) { self.configuration = configuration }

    /// Serves, and works if there are workers, until told to stop.
    ///
    /// - Returns: the exit status: 0 after an orderly stop, 1 if the start failed or the grace ran out.
    package func run() -> Int32 {
        runUntilStopped(start) { running in
            "serving on \(configuration.certificateFile == nil ? "http" : "https")://\(configuration.host):\(running.port) with \(configuration.reactorCount) reactors"
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
        // Before the first thread, which inherits it: these signals are for the main thread alone.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR2] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        linux_ignore_signal(SIGPIPE)
        let running: Running
        let arrivals: Int32
        do throws(ServerError) {
            running = try start()
            arrivals = signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
            guard arrivals >= 0 else { throw ServerError("\(SystemError(call: "signalfd", number: errno))") }
        } catch {
            Self.say("cannot start: \(error.sentence)")
            return 1
        }
        let supervisor = Supervisor(path: configuration.environment(named: "NOTIFY_SOCKET"))
        Self.say(greeting(running))
        // A predecessor is the service manager's main process still, and speaks for us.
        if configuration.inheritance?.channel == nil { supervisor.tell("READY=1") } else { running.tellPredecessor() }
        let successor = watch(running, arrivals, supervisor)
        let isDrained = running.stop(within: configuration.shutdownGrace, handsOver: successor != nil)
        Self.say(isDrained ? "stopped" : "stopped before everything was finished: the grace was over")
        return isDrained ? 0 : 1
    }

    /// Does what signals ask for, until it is time to stop.
    ///
    /// - Returns: the process that goes on serving, if one does.
    private func watch(_ running: Running, _ arrivals: Int32, _ supervisor: Supervisor) -> Successor? {
        var starting: Successor?
        while true {
            var watched = [
                pollfd(fd: arrivals, events: Int16(POLLIN), revents: 0),
                pollfd(fd: starting?.channel ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            poll(&watched, 2, starting == nil ? -1 : Self.successorPollMilliseconds)
            switch Self.nextSignal(arrivals) {
            case nil: break
            case SIGHUP: renewCertificate(running.shared)
            case SIGUSR2:
                if starting == nil {
                    supervisor.tell("RELOADING=1")
                    starting = startSuccessor(running)
                    if starting == nil { supervisor.tell("READY=1") }
                }
            default:
                starting?.abandon()
                supervisor.tell("STOPPING=1")
                Self.say("stopping: finishing what is under way")
                return nil
            }
            switch starting?.state() {
            case nil, .starting: break
            case .serves:
                guard let successor = starting else { break }
                supervisor.tell("MAINPID=\(successor.process)", "READY=1")
                Self.say("process \(successor.process) serves now; this one finishes what is under way")
                return successor
            case .failed(let end):
                Self.say("the new process \(end); this one goes on")
                supervisor.tell("READY=1")
                starting = nil
            }
        }
    }

    /// How often a process that was started is looked after, beside when it says something.
    private static let successorPollMilliseconds: Int32 = 1000

    private static func nextSignal(_ arrivals: Int32) -> Int32? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        return read(arrivals, &information, size) == size ? Int32(information.ssi_signo) : nil
    }

    /// Starts the program anew, to hand the listening sockets to it.
    private func startSuccessor(_ running: Running) -> Successor? {
        guard !running.listeners.isEmpty else {
            Self.say("SIGUSR2: there is no port to hand over")
            return nil
        }
        guard getpid() != 1 else {
            Self.say("SIGUSR2: as process 1 this one cannot end before the container; start another container instead")
            return nil
        }
        do throws(SystemError) {
            let successor = try Successor(
                listeners: running.listeners, arguments: CommandLine.arguments,
                environment: configuration.variables(forSuccessorWith: running.listeners.count))
            Self.say("process \(successor.process) is started to take over the port")
            return successor
        } catch {
            Self.say("no new process could be started, this one goes on: \(error)")
            return nil
        }
    }

    /// Reads certificate and key anew. Handshakes from now on use them; connections that there are go on.
    private func renewCertificate(_ shared: SharedState) {
        do throws(TLSError) {
            guard let renewed = try makeTLS() else { return Self.say("SIGHUP: there is no certificate to read anew") }
            shared.certificateExpiry = renewed.expiresAt
            for mailbox in shared.mailboxes { mailbox.post(.secure(renewed)) }
            Self.say("certificate and key were read anew")
        } catch { Self.say("the old certificate stays: \(error)") }
    }

    private func makeTLS() throws(TLSError) -> ServerTLS? {
        guard let certificateFile = configuration.certificateFile, let keyFile = configuration.certificateKeyFile
        else { return nil }
        return try ServerTLS(certificateFile: certificateFile, keyFile: keyFile)
    }

    private struct Running {
        let shared: SharedState
        let port: UInt16
        let drained: CountedEvent
        /// The listening sockets. They are the reactors', and open until ``stop(within:handsOver:)``.
        let listeners: [Int32]

        /// Tells whoever started this process to take over its port that it is done.
        func tellPredecessor() {
            guard let channel = shared.configuration.inheritance?.channel else { return }
            _ = send(channel, [1], 1, Int32(MSG_NOSIGNAL))
            close(channel)
        }

        /// Lets every reactor finish, for as long as the grace lasts.
        ///
        /// - Parameter handsOver: Whether another process goes on with the same sockets.
        func stop(within grace: Duration, handsOver: Bool) -> Bool {
            for mailbox in shared.mailboxes { mailbox.post(handsOver ? .handOver : .drain) }
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
        let tls: ServerTLS?
        do throws(TLSError) { tls = try makeTLS() } catch { throw ServerError("\(error)") }
        shared.certificateExpiry = tls?.expiresAt ?? 0
        let control = Control(shared: shared)
        let (catalog, credentials) = try control.loadFirst()
        let poolConfiguration = try control.poolConfiguration()
        let drained: CountedEvent = try make { () throws(SystemError) in try CountedEvent() }
        let canceller = Canceller()
        let listeners = try listen()
        // What can fail comes before the first connection is accepted.
        try startWorker(shared, poolConfiguration, try control.keywords(), canceller, drained)
        for (index, mailbox) in shared.mailboxes.enumerated() {
            let own = try share(of: listeners, for: index)
            try make { () throws(SystemError) in
                try SystemThread.start(name: "reactor-\(index)") {
                    Self.react(
                        shared, mailbox, listening: own, tls, catalog, credentials, poolConfiguration, canceller,
                        trustedProxies, drained)
                }
            }
        }
        try make { () throws(SystemError) in
            try SystemThread.start(name: "control") { control.run() }
            try SystemThread.start(name: "relay") { RelayThread(shared: shared).run() }
        }
        return Running(shared: shared, port: Socket.port(of: listeners[0]), drained: drained, listeners: listeners)
    }

    /// The listening sockets: those that were handed over, or else one for each reactor.
    private func listen() throws(ServerError) -> [Int32] {
        if let inheritance = configuration.inheritance {
            if let channel = inheritance.channel { linux_adopt(channel) }
            for socket in inheritance.listeners where !Socket.adoptListener(socket) {
                throw ServerError("descriptor \(socket) was handed over, but is no listening socket")
            }
            return inheritance.listeners
        }
        var listeners: [Int32] = []
        var port = UInt16(configuration.port)
        for _ in 0..<configuration.reactorCount {
            listeners.append(
                try make { () throws(SystemError) in
                    try Socket.listen(host: configuration.host, port: port, backlog: Self.backlog).release()
                })
            port = Socket.port(of: listeners[0])  // with port 0 the first socket chooses for all
        }
        return listeners
    }

    /// What one reactor accepts from. Every socket must have a reactor, and every reactor a socket; where there are too
    /// few of them, several reactors have the same.
    private func share(of listeners: [Int32], for reactor: Int) throws(ServerError) -> [Int32] {
        guard reactor >= listeners.count else {
            return stride(from: reactor, to: listeners.count, by: configuration.reactorCount).map { listeners[$0] }
        }
        let duplicate = linux_duplicate(listeners[reactor % listeners.count], 0)
        guard duplicate >= 0 else { throw ServerError("\(SystemError(call: "fcntl", number: errno))") }
        return [duplicate]
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
        return Running(shared: shared, port: 0, drained: drained, listeners: [])
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
        _ shared: SharedState, _ mailbox: Mailbox<FrontendMessage>, listening sockets: [Int32], _ tls: ServerTLS?,
        _ catalog: Catalog, _ credentials: Credentials, _ poolConfiguration: PoolConfiguration, _ canceller: Canceller,
        _ trustedProxies: TrustedProxies, _ drained: CountedEvent
    ) {
        do throws(SystemError) {
            let reactor = try Reactor()
            let pool = Pool(configuration: poolConfiguration, loop: reactor, canceller: canceller)
            let frontend = Frontend(
                loop: reactor, shared: shared, mailbox: mailbox, listening: sockets, tls: tls, catalog: catalog,
                credentials: credentials, pool: pool, trustedProxies: trustedProxies)
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
