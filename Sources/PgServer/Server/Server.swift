internal import CLinux
internal import Glibc

/// The whole service: loads the catalog, starts its reactors, and stays to watch over them.
///
///     load ▸ listen ▸ reactors run ── SIGTERM or SIGINT ──▶ drain ▸ exit
package struct Server {
    private let configuration: Configuration

    package init(configuration: Configuration) { self.configuration = configuration }

    /// Serves until told to stop.
    ///
    /// - Returns: the exit status: 0 after an orderly stop, 1 if the start failed or the grace ran out.
    package func run() -> Int32 {
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
        Self.say("serving on http://\(configuration.host):\(running.port) with \(configuration.reactorCount) reactors")
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
            let isDrained = drained.wait(for: shared.mailboxes.count, within: grace)
            shared.logWriter?.flush()
            return isDrained
        }
    }

    private func start() throws(ServerError) -> Running {
        let shared: SharedState = try make { () throws(SystemError) in
            var mailboxes: [Mailbox<FrontendMessage>] = []
            for _ in 0..<configuration.reactorCount { mailboxes.append(try Mailbox()) }
            return SharedState(
                configuration: configuration, logWriter: configuration.isLogging ? try LogWriter() : nil,
                mailboxes: mailboxes, relayWake: try WakeEvent())
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
        try make { () throws(SystemError) in
            try SystemThread.start(name: "control") { control.run() }
            try SystemThread.start(name: "relay") { RelayThread(shared: shared).run() }
        }
        return Running(shared: shared, port: port, drained: drained)
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
