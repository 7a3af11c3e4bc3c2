/// What a worker does about one queue: when it looks for jobs, for how many, and which it starts next.
///
///     look ──▶ claiming ──jobs──▶ ready ──a place is free──▶ running ──▶ ended
///
/// It knows no clock and no database. A queue is looked at when something was enqueued, when SQL expects the next job,
/// and in any case once a second.
struct QueueSchedule {
    /// Jobs are claimed ahead for about this long: enough to keep every place busy, and little for others to wait for.
    static let lookahead = Duration.milliseconds(50)
    static let claimCountMax = 256
    /// Least time between two claims that did not get all they asked for.
    static let lookPauseShortest = Duration.milliseconds(2)
    static let lookPauseLongest = Duration.seconds(1)
    /// After a claim that PostgreSQL refused or did not answer.
    static let failurePause = Duration.milliseconds(500)
    /// Each duration moves the average by an eighth of the difference.
    static let averageWeight = 8

    let name: String
    /// Most jobs that run at once.
    let workerCount: Int

    private(set) var runningCount = 0
    private(set) var isClaiming = false
    private var ready: [Job] = []
    private var readyStart = 0
    private var lookAt: ContinuousClock.Instant
    private var lastClaimAt: ContinuousClock.Instant?
    private var wasWokenMeanwhile = false
    private var averageDuration: Duration?
    private var isStopped = false

    init(name: String, workerCount: Int, at now: ContinuousClock.Instant) {
        precondition(workerCount > 0)
        self.name = name
        self.workerCount = workerCount
        lookAt = now
    }

    var readyCount: Int { ready.count - readyStart }

    // MARK: Looking

    /// How many jobs to claim now; 0 for none. What is claimed must be reported to ``claimed(_:of:at:)``.
    func claimCount(at now: ContinuousClock.Instant) -> Int { lookAt <= now ? roomCount : 0 }

    /// When to ask ``claimCount(at:)`` again, if nothing happens before.
    var nextLook: ContinuousClock.Instant? { roomCount > 0 ? lookAt : nil }

    /// A claim has been sent.
    mutating func beginClaim(at now: ContinuousClock.Instant) {
        precondition(!isClaiming)
        isClaiming = true
        wasWokenMeanwhile = false
        lastClaimAt = now
    }

    /// A claim was answered with these jobs.
    ///
    /// - Parameter count: how many it had asked for.
    /// - Returns: whether to ask when the next job is expected, and tell ``expect(after:at:)``.
    mutating func claimed(_ jobs: [Job], of count: Int, at now: ContinuousClock.Instant) -> Bool {
        isClaiming = false
        ready.append(contentsOf: jobs)
        if jobs.count >= count {
            lookAt = now
            return false
        }
        lookAt = now + (wasWokenMeanwhile ? Self.lookPauseShortest : Self.lookPauseLongest)
        return true
    }

    mutating func claimFailed(at now: ContinuousClock.Instant, pause: Duration = Self.failurePause) {
        isClaiming = false
        lookAt = now + pause
    }

    /// Something was enqueued.
    mutating func wake(at now: ContinuousClock.Instant) {
        guard !isClaiming else {
            wasWokenMeanwhile = true
            return
        }
        // Not more often than this, or many who enqueue one job each would make as many claims.
        lookAt = min(lookAt, max(now, (lastClaimAt ?? now) + Self.lookPauseShortest))
    }

    /// SQL expects a job in a while.
    mutating func expect(after delay: Duration, at now: ContinuousClock.Instant) {
        lookAt = min(lookAt, now + max(delay, Self.lookPauseShortest))
    }

    /// No more claims.
    mutating func stop() { isStopped = true }

    // MARK: Running

    /// The next job, if a place is free for it. It runs from now on, until ``ended(after:)``.
    mutating func takeNext() -> Job? {
        guard runningCount < workerCount, readyStart < ready.count else { return nil }
        let job = ready[readyStart]
        readyStart += 1
        if readyStart == ready.count {
            ready.removeAll(keepingCapacity: true)
            readyStart = 0
        } else if readyStart >= Self.claimCountMax {
            ready.removeFirst(readyStart)
            readyStart = 0
        }
        runningCount += 1
        return job
    }

    /// A running job has ended.
    ///
    /// - Parameter duration: how long it took; nil if that tells nothing of the next ones.
    mutating func ended(after duration: Duration?) {
        precondition(runningCount > 0)
        runningCount -= 1
        guard let duration else { return }
        if let average = averageDuration {
            averageDuration = average + (duration - average) / Self.averageWeight
        } else {
            averageDuration = duration
        }
    }

    /// Takes out a job that has not begun.
    mutating func remove(id: String) -> Job? {
        guard let index = ready[readyStart...].firstIndex(where: { $0.id == id }) else { return nil }
        return ready.remove(at: index)
    }

    /// Takes out everything that has not begun.
    mutating func removeAll() -> [Job] {
        defer {
            ready.removeAll()
            readyStart = 0
        }
        return Array(ready[readyStart...])
    }

    // MARK: Room

    /// How many jobs are claimed beyond those that run: what the places get done in the time of ``lookahead``.
    var prefetchCount: Int {
        guard let averageDuration, averageDuration < Self.lookahead else { return 0 }
        let each = Int(Self.lookahead / max(averageDuration, .microseconds(50)))
        return min(each * workerCount, Self.claimCountMax)
    }

    private var roomCount: Int {
        guard !isClaiming, !isStopped else { return 0 }
        let prefetchCount = prefetchCount
        let missing = workerCount + prefetchCount - runningCount - readyCount
        // While all places are busy and half of what was claimed ahead is left, a larger claim can be made later.
        guard missing > 0, runningCount + readyCount < workerCount || missing > prefetchCount / 2 else { return 0 }
        return min(missing, Self.claimCountMax)
    }
}
