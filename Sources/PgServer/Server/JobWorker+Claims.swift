/// From a queue to its jobs, and the leases on them.
extension JobWorker {
    /// Asks SQL for jobs of a queue.
    func claim(_ count: Int, inQueue index: Int) {
        let askedAt = loop.now
        queues[index].beginClaim(at: askedAt)
        metrics.claims += 1
        // On the connections of the jobs: one is free, or will be soon, since otherwise nothing would be claimed.
        EngineCall.send(
            statements.claimJobs, [workerID, queues[index].name, String(count), leaseSeconds], on: pool,
            connectionClass: .slow, timeout: Self.engineTimeout
        ) { [unowned self] answer in
            switch consume answer {
            case .rows(let rows): claimed(rows, of: count, inQueue: index, askedAt: askedAt)
            case .failed(let failure):
                let isAbsent = failure.sqlState == Self.undefinedFunction && !failure.isInsideFunction
                queues[index].claimFailed(
                    at: loop.now, pause: isAbsent ? WorkerChore.absencePause : QueueSchedule.failurePause)
                complain("no jobs can be claimed: \(failure.message)")
            case .unavailable: queues[index].claimFailed(at: loop.now)
            }
            advanceSoon()
        }
    }

    private func claimed(
        _ rows: borrowing QueryResult, of count: Int, inQueue index: Int, askedAt: ContinuousClock.Instant
    ) {
        guard let columns = JobColumns(of: rows) else {
            queues[index].claimFailed(at: loop.now)
            return complain("no jobs can be claimed: api.claim_jobs lacks a column")
        }
        var jobs: [Job] = []
        jobs.reserveCapacity(rows.rowCount)
        for row in 0..<rows.rowCount {
            guard let job = columns.job(row, of: rows) else {
                complain("a claimed job cannot be read")  // its lease ends, and SQL counts the attempt
                continue
            }
            // The lease of an earlier attempt ended without our knowing: it is over, even if it still runs here.
            if let earlier = runs[job.id] { detach(earlier) }
            for other in queues.indices { _ = queues[other].remove(id: job.id) }
            leases.hold(job.id, since: askedAt)
            metrics.claimed += 1
            if let waited = columns.waitedMicroseconds(row, of: rows) { metrics.startDelay.add(microseconds: waited) }
            jobs.append(job)
        }
        if queues[index].claimed(jobs, of: count, at: loop.now), !stop.isStopping { askForNext(index) }
    }

    /// Asks when the next job is expected: when it is due, or shortly, if somebody is about to commit some and relies on a
    /// notification that has come already.
    private func askForNext(_ index: Int) {
        EngineCall.send(statements.nextJobIn, [queues[index].name], on: pool, timeout: Self.engineTimeout) {
            [unowned self] answer in
            // Without an answer the pause is as long as it would be anyway.
            guard case .rows(let rows) = consume answer, let milliseconds = rows.number(row: 0, column: 0) else {
                return
            }
            queues[index].expect(after: .milliseconds(max(0, milliseconds)), at: loop.now)
        }
    }

    private var leaseSeconds: String {
        let milliseconds = leases.length.wholeMicroseconds / 1000
        return "\(milliseconds / 1000).\(String(String(milliseconds % 1000 + 1000).dropFirst()))"
    }

    // MARK: Leases

    func inspectLeasesLater() {
        _ = loop.schedule(after: leases.inspectionInterval) { [weak self] in
            guard let self else { return }
            extendLeases(leases.due(at: loop.now))
            log.handOver()
            inspectLeasesLater()
        }
    }

    /// Somebody cancelled a job that runs: it may be ours.
    func checkLeases() {
        guard !leaseCheck.isRunning else { return leaseCheck.isDueAgain = true }
        let ids = leases.all
        guard !ids.isEmpty else { return }
        leaseCheck = (true, false)
        extendLeases(ids) { [unowned self] in
            let isDueAgain = leaseCheck.isDueAgain
            leaseCheck = (false, false)
            if isDueAgain { checkLeases() }
        }
    }

    /// Says that we are still at work on these jobs, and hears which of them are ours no longer.
    private func extendLeases(_ ids: [String], then completion: @escaping () -> Void = {}) {
        guard !ids.isEmpty else { return }
        let askedAt = loop.now
        EngineCall.send(
            statements.extendLeases, [workerID, "{\(ids.joined(separator: ","))}", leaseSeconds], on: pool,
            timeout: Self.engineTimeout
        ) { [unowned self] answer in
            defer { completion() }
            switch consume answer {
            case .rows(let rows):
                leases.renew(ids, since: askedAt)
                for row in 0..<rows.rowCount {
                    if let id = rows.string(row: row, column: 0) { lost(id) }
                }
            case .failed(let failure): complain("leases cannot be extended: \(failure.message)")
            case .unavailable: break  // tried again at the next look
            }
        }
    }

    /// A job was cancelled, or has gone to another worker.
    private func lost(_ id: String) {
        for index in queues.indices {
            guard let job = queues[index].remove(id: id) else { continue }
            leases.release(id)
            metrics.count(job.kind, .lost)
        }
        guard let run = runs[id] else { return }
        interrupt(run, because: .cancelled)
    }

    /// Lets a run end by itself, now that its job is no longer ours.
    private func detach(_ run: JobRun) {
        runs[run.job.id] = nil
        detachedRunCount += 1
        metrics.leasesLost += 1
        interrupt(run, because: .leaseLost)
    }

    /// Ends a run early, in whatever phase it is; it is over when its answer has come.
    func interrupt(_ run: JobRun, because interruption: JobRun.Interruption) {
        if run.interruption == nil { run.interruption = interruption }
        switch run.phase {
        case .calling: pool.interrupt(run.transaction)
        case .performing(let number): effects[number]?.handle?.cancel()
        case .finishing, .recording, .over: break
        }
    }
}

/// Where the columns of a claim lie.
private struct JobColumns {
    let id, attempt, tenantID, kind, effect, timeout: Int
    let arguments, userID, claims, waited: Int?

    init?(of rows: borrowing QueryResult) {
        guard let id = rows.column(named: "job_id"), let attempt = rows.column(named: "attempt"),
            let tenantID = rows.column(named: "tenant_id"), let kind = rows.column(named: "kind"),
            let effect = rows.column(named: "effect"), let timeout = rows.column(named: "timeout_ms")
        else { return nil }
        (self.id, self.attempt, self.tenantID) = (id, attempt, tenantID)
        (self.kind, self.effect, self.timeout) = (kind, effect, timeout)
        arguments = rows.column(named: "arguments")
        userID = rows.column(named: "user_id")
        claims = rows.column(named: "claims")
        waited = rows.column(named: "waited_us")
    }

    func job(_ row: Int, of rows: borrowing QueryResult) -> Job? {
        guard let id = rows.string(row: row, column: id), let attempt = rows.number(row: row, column: attempt),
            let kind = rows.string(row: row, column: kind), let timeout = rows.number(row: row, column: timeout)
        else { return nil }
        let performed = rows.string(row: row, column: effect)
        let effect = performed.flatMap { Effect.Kind(rawValue: $0) }
        guard effect != nil || performed == nil || performed == "function" else { return nil }
        var job = Job(
            id: id, attempt: attempt, tenantID: rows.string(row: row, column: tenantID) ?? "", kind: kind,
            effect: effect, timeout: .milliseconds(max(1, timeout)))
        if effect != nil, let arguments { job.arguments = rows.bytes(row: row, column: arguments) ?? [] }
        if let userID { job.userID = rows.string(row: row, column: userID) ?? "" }
        if let claims { job.claims = rows.string(row: row, column: claims) ?? "" }
        return job
    }

    func waitedMicroseconds(_ row: Int, of rows: borrowing QueryResult) -> Int64? {
        waited.flatMap { rows.number(row: row, column: $0) }.map { Int64(max(0, $0)) }
    }
}
