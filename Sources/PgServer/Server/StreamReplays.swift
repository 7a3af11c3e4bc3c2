/// Lets listeners read what they missed, a few at a time, so that many who come back at once do not starve requests.
final class StreamReplays {
    /// Positions that one page goes through at most.
    static let pageCountMax = 256
    /// Pages of one listener that may fail one after another.
    static let failureCountMax = 10
    static let retryPauseFirst = Duration.milliseconds(250)
    static let retryPauseLongest = Duration.seconds(5)

    private unowned let hub: StreamHub
    private let countMax: Int
    private var waiting: [StreamListener] = []
    private var firstWaiting = 0
    private var runningCount = 0
    private var spare: [StreamReplay] = []

    init(hub: StreamHub, countMax: Int) {
        self.hub = hub
        self.countMax = countMax
    }

    /// The listener reads its next page when it is its turn.
    func enqueue(_ listener: StreamListener) {
        waiting.append(listener)
        startNext()
    }

    private func startNext() {
        while runningCount < countMax, firstWaiting < waiting.count {
            let listener = waiting[firstWaiting]
            firstWaiting += 1
            if firstWaiting == waiting.count {
                waiting.removeAll(keepingCapacity: firstWaiting <= Self.pageCountMax)
                firstWaiting = 0
            }
            guard listener.phase == .catchingUp, let group = listener.group else { continue }
            runningCount += 1
            let replay = spare.popLast() ?? StreamReplay(replays: self, hub: hub)
            replay.start(listener, of: group)
        }
    }

    func finished(_ replay: StreamReplay) {
        runningCount -= 1
        spare.append(replay)
        startNext()
    }

    /// A page could not be read, for a reason that may pass.
    func tryAgain(_ listener: StreamListener) {
        hub.metrics.replayFailures += 1
        listener.failedPageCount += 1
        let doubling = min(listener.failedPageCount - 1, 5)
        let pause = min(Self.retryPauseFirst * (1 << doubling), Self.retryPauseLongest)
        _ = hub.frontend.loop.schedule(after: pause * Double.random(in: 0.5...1)) { [weak self, weak listener] in
            guard let listener, listener.phase == .catchingUp else { return }
            self?.enqueue(listener)
        }
    }
}
