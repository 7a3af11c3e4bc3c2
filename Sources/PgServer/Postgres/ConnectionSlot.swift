/// A place for one connection, which is filled again and again.
///
///     down ──pause over──▶ connection ──lost──▶ down …
final class ConnectionSlot {
    private(set) var connection: PipelinedConnection?
    private var backoff: Backoff
    private var timer: TimerID?
    private let makeConnection: () -> PipelinedConnection

    init(configuration: PoolConfiguration, makeConnection: @escaping () -> PipelinedConnection) {
        self.makeConnection = makeConnection
        backoff = Backoff(first: configuration.reconnectPauseFirst, longest: configuration.reconnectPauseLongest)
    }

    func open() {
        timer = nil
        let connection = makeConnection()
        self.connection = connection
        connection.open()
    }

    func becameReady() { backoff.reset() }

    /// Lets the lost connection go and tries again after a pause.
    func reopenLater(on loop: any EventLoop, using generator: inout some RandomNumberGenerator) {
        connection = nil
        timer = loop.schedule(after: backoff.next(using: &generator)) { [weak self] in self?.open() }
    }

    func close(on loop: any EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        let last = connection
        connection = nil
        last?.close(because: "the pool stops")
    }
}
