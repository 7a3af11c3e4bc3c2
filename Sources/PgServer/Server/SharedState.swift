internal import Glibc
internal import Synchronization

/// The little that all threads of the process share. Nothing here is touched on the path of an ordinary request.
final class SharedState: Sendable {
    /// How the catalog in force came about, for health and metrics.
    struct CatalogStatus: Sendable {
        var generation = 0
        var loadedAtMilliseconds: Int64 = 0
        /// Why the newest catalog was refused; nil if it was not.
        var fault: String?
        var reloadCount = 0
        var refusedCount = 0
        /// Whether the connection that listens for changes is up.
        var isListening = false
    }

    let configuration: Configuration
    let registry = RateRegistry()
    let logWriter: LogWriter?
    let startedAtMilliseconds: Int64
    /// Set once, before the first reactor starts.
    let mailboxes: [Mailbox<FrontendMessage>]
    /// What this process's listeners want to see; the relay's thread takes it from here.
    let relayInterest: RelayInterest
    /// Wakes the relay's thread.
    let relayWake: WakeEvent
    /// The sessions that streams depend on; the control thread watches them.
    let streamSessions = StreamSessions()
    /// The open streams, as their limits count them.
    let streamCounts = StreamCounts()
    /// Of the worker; nil on a node that only serves.
    let workerMailbox: Mailbox<WorkerMessage>?
    private let catalogStatus = Mutex(CatalogStatus())
    private let relayMetrics = Mutex(RelayMetrics())
    private let reloadRequested = Atomic(false)
    let openConnectionCount = Atomic(0)
    /// When the certificate for new connections ends, unix seconds; 0 without one.
    private let certificateEnd = Atomic<Int64>(0)

    init(
        configuration: Configuration, logWriter: LogWriter?, mailboxes: [Mailbox<FrontendMessage>],
        workerMailbox: Mailbox<WorkerMessage>?, relayWake: WakeEvent
    ) {
        self.configuration = configuration
        self.logWriter = logWriter
        self.mailboxes = mailboxes
        self.relayWake = relayWake
        relayInterest = RelayInterest { relayWake.signal() }
        self.workerMailbox = workerMailbox
        startedAtMilliseconds = WallClock.milliseconds()
    }

    var status: CatalogStatus { catalogStatus.withLock { $0 } }

    func updateStatus(_ change: (inout CatalogStatus) -> Void) { catalogStatus.withLock { change(&$0) } }

    var relay: RelayMetrics { relayMetrics.withLock { $0 } }

    func updateRelay(_ change: (inout RelayMetrics) -> Void) { relayMetrics.withLock { change(&$0) } }

    var certificateExpiry: Int64 {
        get { certificateEnd.load(ordering: .relaxed) }
        set { certificateEnd.store(newValue, ordering: .relaxed) }
    }

    /// A reactor met a function that its catalog describes wrongly: the control thread should look again.
    func requestReload() { reloadRequested.store(true, ordering: .relaxed) }

    func takeReloadRequest() -> Bool { reloadRequested.exchange(false, ordering: .relaxed) }
}

/// The time of day. Everything else takes it as an argument.
enum WallClock {
    /// Unix milliseconds.
    static func milliseconds() -> Int64 { microseconds() / 1000 }

    /// Unix microseconds.
    static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
