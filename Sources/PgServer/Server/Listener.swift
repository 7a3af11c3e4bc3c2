/// A listening socket on its reactor.
final class Listener: ReadinessHandler {
    private let socket: Descriptor
    private let loop: any EventLoop
    private let accept: (consuming Descriptor, String) -> Void
    private var isPaused = false

    /// Connections taken in one turn, so that those already here are served too.
    static let acceptCountMax = 64
    /// How long no connection is taken after the process ran out of descriptors.
    static let exhaustionPause = Duration.milliseconds(100)

    init(_ socket: consuming Descriptor, loop: any EventLoop, accept: @escaping (consuming Descriptor, String) -> Void)
    {
        self.socket = socket
        self.loop = loop
        self.accept = accept
        loop.watch(self.socket.rawValue, for: .readable, self)
    }

    func ready(_ readiness: Interest) {
        for _ in 0..<Self.acceptCountMax {
            switch Socket.accept(from: socket.rawValue) {
            case .accepted(let client, let peer): accept(client, peer)
            case .nothing: return
            case .exhausted: return pause()
            }
        }
    }

    func close() { loop.unwatch(socket.rawValue) }

    /// The listening socket stays readable while nothing can be accepted, which would make the loop spin.
    private func pause() {
        guard !isPaused else { return }
        isPaused = true
        loop.unwatch(socket.rawValue)
        _ = loop.schedule(after: Self.exhaustionPause) { [weak self] in
            guard let self else { return }
            isPaused = false
            loop.watch(socket.rawValue, for: .readable, self)
        }
    }
}
