import Testing

@testable import PgServer

@Suite("A queue's schedule")
struct QueueScheduleTests {
    /// A queue whose clock the test turns.
    struct Bench {
        var now = ContinuousClock.now
        var schedule: QueueSchedule
        private var jobCount = 0

        init(workers: Int) {
            schedule = QueueSchedule(name: "default", workerCount: workers, at: now)
        }

        mutating func jobs(_ count: Int) -> [Job] {
            (0..<count).map { _ in
                jobCount += 1
                return Job(
                    id: String(jobCount), attempt: 1, tenantID: "", kind: "k", effect: nil, timeout: .seconds(60))
            }
        }

        /// Claims what the schedule wants and gives it `available` of it.
        mutating func claim(available: Int) -> Int {
            let count = schedule.claimCount(at: now)
            guard count > 0 else { return 0 }
            schedule.beginClaim(at: now)
            _ = schedule.claimed(jobs(min(count, available)), of: count, at: now)
            return count
        }

        mutating func start() -> [Job] {
            var started: [Job] = []
            while let job = schedule.takeNext() { started.append(job) }
            return started
        }

        /// Runs jobs one after another until their average duration is about this long.
        mutating func learn(_ duration: Duration) {
            for _ in 1...64 {
                _ = claim(available: 1)
                guard schedule.takeNext() != nil else { continue }
                schedule.ended(after: duration)
                now += .seconds(1)
            }
        }
    }

    @Test("claims no more than can start while nothing is known of the jobs")
    func first() {
        var bench = Bench(workers: 4)
        #expect(bench.claim(available: 100) == 4)
        #expect(bench.start().count == 4)
        #expect(bench.claim(available: 100) == 0)
        #expect(bench.schedule.nextLook == nil, "there is no room")
        bench.schedule.ended(after: .seconds(10))
        #expect(bench.claim(available: 100) == 1)
    }

    @Test("claims ahead what short jobs need for the next moment, and nothing ahead of long ones")
    func ahead() {
        var short = Bench(workers: 2)
        short.learn(.milliseconds(1))
        #expect((80...100).contains(short.schedule.prefetchCount))
        #expect(short.claim(available: .max / 2) == short.schedule.prefetchCount + 2)
        #expect(short.start().count == 2)
        // Half of what is ahead may be used up before the next claim.
        #expect(short.claim(available: 1000) == 0)
        while short.schedule.readyCount > short.schedule.prefetchCount / 2 - 3 {
            short.schedule.ended(after: .milliseconds(1))
            _ = short.start()
        }
        #expect(short.claim(available: 1000) > 0)

        var long = Bench(workers: 2)
        long.learn(.milliseconds(60))
        #expect(long.schedule.prefetchCount == 0)
    }

    @Test("never claims more than its bound")
    func bound() {
        var bench = Bench(workers: 200)
        bench.learn(.microseconds(1))
        #expect(bench.schedule.prefetchCount == QueueSchedule.claimCountMax)
        #expect(bench.claim(available: 1) == QueueSchedule.claimCountMax)
    }

    @Test("makes one claim at a time")
    func oneClaim() {
        var bench = Bench(workers: 4)
        bench.schedule.beginClaim(at: bench.now)
        bench.schedule.wake(at: bench.now)
        #expect(bench.schedule.claimCount(at: bench.now + .seconds(9)) == 0)
        #expect(bench.schedule.nextLook == nil)
    }

    @Test("looks again at once after a full claim")
    func full() {
        var bench = Bench(workers: 4)
        #expect(bench.claim(available: 4) == 4)
        for _ in bench.start() { bench.schedule.ended(after: .seconds(1)) }
        #expect(bench.schedule.nextLook == bench.now)
    }

    @Test("asks when the next job is expected if a claim found too few, and looks then")
    func expected() {
        var bench = Bench(workers: 4)
        #expect(bench.schedule.claimCount(at: bench.now) == 4)
        bench.schedule.beginClaim(at: bench.now)
        let isToAsk = bench.schedule.claimed(bench.jobs(3), of: 4, at: bench.now)
        #expect(isToAsk)
        #expect(bench.schedule.nextLook == bench.now + QueueSchedule.lookPauseLongest, "the net")
        bench.schedule.expect(after: .seconds(3600), at: bench.now)
        #expect(bench.schedule.nextLook == bench.now + QueueSchedule.lookPauseLongest)
        bench.schedule.expect(after: .milliseconds(321), at: bench.now)
        #expect(bench.schedule.nextLook == bench.now + .milliseconds(321))
        bench.schedule.expect(after: .zero, at: bench.now)
        #expect(bench.schedule.nextLook == bench.now + QueueSchedule.lookPauseShortest)
        #expect(bench.schedule.claimCount(at: bench.now) == 0)
        #expect(bench.schedule.claimCount(at: bench.now + QueueSchedule.lookPauseShortest) == 1)
    }

    @Test("looks when it is woken, but not more often than its shortest pause")
    func wake() {
        var bench = Bench(workers: 4)
        #expect(bench.claim(available: 0) == 4)
        bench.now += .milliseconds(100)
        bench.schedule.wake(at: bench.now)
        #expect(bench.claim(available: 0) == 4)
        bench.schedule.wake(at: bench.now)
        #expect(bench.schedule.claimCount(at: bench.now) == 0)
        #expect(bench.schedule.nextLook == bench.now + QueueSchedule.lookPauseShortest)
    }

    @Test("looks soon again if it was woken while it claimed, and only then")
    func wokenMeanwhile() {
        var bench = Bench(workers: 4)
        bench.schedule.beginClaim(at: bench.now)
        bench.schedule.wake(at: bench.now)
        _ = bench.schedule.claimed([], of: 4, at: bench.now)
        #expect(bench.schedule.nextLook == bench.now + QueueSchedule.lookPauseShortest)
        bench.now += QueueSchedule.lookPauseShortest
        #expect(bench.claim(available: 0) == 4)
        #expect(bench.schedule.nextLook == bench.now + QueueSchedule.lookPauseLongest)
    }

    @Test("pauses after a claim that failed")
    func failure() {
        var bench = Bench(workers: 4)
        bench.schedule.beginClaim(at: bench.now)
        bench.schedule.claimFailed(at: bench.now)
        #expect(bench.schedule.nextLook == bench.now + QueueSchedule.failurePause)
    }

    @Test("starts jobs in the order of the claim, each once, and gives those up that are taken away")
    func order() {
        var bench = Bench(workers: 1)
        bench.learn(.milliseconds(1))
        let claimed = bench.schedule.claimCount(at: bench.now)
        bench.schedule.beginClaim(at: bench.now)
        let jobs = bench.jobs(claimed)
        _ = bench.schedule.claimed(jobs, of: claimed, at: bench.now)
        #expect(bench.schedule.takeNext() == jobs[0])
        #expect(bench.schedule.takeNext() == nil, "its one place is taken")
        #expect(bench.schedule.remove(id: jobs[0].id) == nil, "it has begun")
        #expect(bench.schedule.remove(id: jobs[1].id) == jobs[1])
        bench.schedule.ended(after: .milliseconds(1))
        #expect(bench.schedule.takeNext() == jobs[2])
        #expect(bench.schedule.removeAll() == Array(jobs[3...]))
        #expect(bench.schedule.readyCount == 0)
    }

    @Test("claims nothing after its stop, and starts what it has")
    func stop() {
        var bench = Bench(workers: 1)
        bench.learn(.milliseconds(1))
        #expect(bench.claim(available: 3) > 3)
        bench.schedule.stop()
        bench.schedule.wake(at: bench.now)
        #expect(bench.schedule.claimCount(at: bench.now + .seconds(5)) == 0)
        #expect(bench.schedule.nextLook == nil)
        for _ in 1...3 {
            #expect(bench.start().count == 1)
            bench.schedule.ended(after: nil)
        }
    }
}
