internal import CLinux
internal import Glibc
internal import Synchronization

/// Threads for what has to wait: at most so many at once, each gone when nothing waits for it.
final class EffectThreads: Sendable {
    private struct State {
        var threadCount = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let name: String
    private let countMax: Int
    private let waitingCountMax: Int

    /// - Parameter name: at most 15 bytes.
    init(name: String, countMax: Int, waitingCountMax: Int = 1024) {
        self.name = name
        self.countMax = countMax
        self.waitingCountMax = waitingCountMax
    }

    /// Runs `work` on a thread, at once or after what waits already.
    ///
    /// - Returns: false if too much waits, or no thread can be had; `work` is then not run.
    func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        enum Place { case thread, line, none }
        let place = state.withLock { state in
            if state.threadCount < countMax {
                state.threadCount += 1
                return Place.thread
            }
            guard state.waiting.count < waitingCountMax else { return .none }
            state.waiting.append(work)
            return .line
        }
        guard place == .thread else { return place == .line }
        do throws(SystemError) {
            try SystemThread.start(name: name) { [self] in
                Self.blockPipeSignal()
                var next: (@Sendable () -> Void)? = work
                while let work = next {
                    work()
                    next = takeNext()
                }
            }
            return true
        } catch {
            state.withLock { $0.threadCount -= 1 }
            return false
        }
    }

    /// Performs an effect on a thread. What cannot be begun has an outcome that says so.
    func perform(
        _ completion: @escaping @Sendable (EffectOutcome) -> Void,
        _ work: @escaping @Sendable (EffectCall) -> EffectOutcome
    ) -> any EffectHandle {
        do throws(EffectFailure) {
            let call = try EffectCall()
            guard run({ completion(work(call)) }) else {
                throw EffectFailure(.overloaded, "Too many effects wait already.")
            }
            return call
        } catch {
            completion(EffectOutcome(error, after: .zero))
            return EndedEffect()
        }
    }

    /// What waits longest, or nil if the calling thread has to go.
    private func takeNext() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.threadCount -= 1
            return nil
        }
    }

    /// OpenSSL writes with `write`, which raises SIGPIPE if the other side has gone; the error is enough.
    private static func blockPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}

/// An effect that ended as it began.
private struct EndedEffect: EffectHandle {
    func cancel() {}
}
