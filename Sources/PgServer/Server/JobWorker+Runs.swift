/// One attempt from its start to its end.
extension JobWorker {
    /// How long a run waits before it tells SQL again what was not heard.
    static let repeatPause = Duration.milliseconds(250)
    /// How long past its own limit an effect may take to come to an end.
    static let effectGrace = Duration.seconds(5)

    func start(_ job: Job, inQueue index: Int) {
        let run = JobRun(job, queue: index, at: loop.now, calling: statements.runJob, worker: self)
        runs[job.id] = run
        if let kind = job.effect {
            perform(run, kind)
        } else {
            send(run)
        }
    }

    /// Has SQL run the job's function.
    private func send(_ run: JobRun) {
        run.phase = .calling
        run.transaction.wantsNotices = true
        submit(run, statements.runJob, [run.job.id, String(run.job.attempt)], asWorker: true)
    }

    /// Tells SQL how the effect ended.
    private func finish(_ run: JobRun, _ outcome: EffectOutcome) {
        run.phase = .finishing(outcome)
        let text = String(decoding: outcome.json, as: UTF8.self)
        submit(run, statements.finishEffect, [run.job.id, String(run.job.attempt), text], asWorker: true)
    }

    /// Tells SQL of a failure that it could not see.
    private func record(_ run: JobRun, _ failure: JobRun.Failure) {
        run.phase = .recording(failure)
        submit(
            run, statements.failJob, [run.job.id, String(run.job.attempt), failure.code, failure.message],
            asWorker: false)
    }

    private func submit(_ run: JobRun, _ statement: Statement, _ arguments: [String], asWorker: Bool) {
        let transaction = run.transaction
        transaction.call = statement
        transaction.callArguments.removeAll()
        transaction.contextArguments.removeAll()
        transaction.context = asWorker ? statements.context : nil
        transaction.timeout = asWorker ? run.job.timeout : Self.engineTimeout
        // The run has a place among its queue's workers, and so a connection of the slow class: nothing waits long.
        transaction.connectionClass = .slow
        do throws(ArgumentBuffer.Fault) {
            for argument in arguments { try transaction.callArguments.append(argument) }
            if asWorker { try fillContext(of: run) }
        } catch {
            // Nothing that SQL gave us can hold one; an outcome is JSON and a message is libpq's.
            preconditionFailure("an argument holds a zero byte")
        }
        transaction.owner = run
        pool.submit(transaction)
    }

    /// The parameters of ``EngineSQL/context``, in its order.
    private func fillContext(of run: JobRun) throws(ArgumentBuffer.Fault) {
        let job = run.job
        var arguments = ArgumentBuffer()
        swap(&arguments, &run.transaction.contextArguments)
        arguments.append("worker" as StaticString)
        try arguments.append(job.tenantID)
        try arguments.append(job.userID)
        arguments.append("" as StaticString)
        try arguments.append(job.claims)
        try arguments.append { json in
            json.append("{\"job_id\":")
            JSONWriter.appendQuoted(job.id, to: &json)
            json.append(",\"attempt\":")
            json.append(decimal: job.attempt)
            json.append(",\"kind\":")
            JSONWriter.appendQuoted(job.kind, to: &json)
            json.append("}")
        }
        arguments.append(Int(job.timeout.wholeMicroseconds / 1000))
        arguments.append("off" as StaticString)
        swap(&arguments, &run.transaction.contextArguments)
    }

    // MARK: Answers

    func answered(_ run: JobRun, _ answer: consuming Answer) {
        defer { advanceSoon() }
        switch consume answer {
        case .rows(let rows): ended(run, JobOutcome(rawValue: rows.string(row: 0, column: 0) ?? ""))
        case .failed(let failure): failed(run, failure)
        case .unavailable(let why): unanswered(run, why)
        }
    }

    private func failed(_ run: JobRun, _ failure: SQLFailure) {
        if case .recording = run.phase {
            complain("a failure of a job cannot be recorded: \(failure.message)")
            return ended(run, nil)
        }
        if let interruption = run.interruption { return interrupted(run, interruption) }
        record(run, failure.sqlState == Self.cancelledState ? .timeout : JobRun.Failure(failure))
    }

    /// A run did not come to its own end, and that was wanted.
    private func interrupted(_ run: JobRun, _ interruption: JobRun.Interruption) {
        switch interruption {
        case .leaseLost: ended(run, .lost)
        case .stopping: ended(run, nil)  // given back with all others
        case .cancelled: record(run, .cancelled)
        }
    }

    /// Query cancelled: by `statement_timeout`, by us, or by an administrator.
    private static let cancelledState = "57014"

    private func unanswered(_ run: JobRun, _ why: Unavailability) {
        guard why.reason != .stopping else { return ended(run, nil) }
        if case .calling = run.phase {
            if let interruption = run.interruption { return interrupted(run, interruption) }
            // If it was committed after all, SQL knows better than to believe this.
            if why.mayHaveCommitted { return record(run, .connectionLost) }
        }
        // What was not sent, or may be said twice, is said again for as long as the job is ours.
        guard let end = leases.end(of: run.job.id), loop.now + Self.repeatPause < end else { return ended(run, nil) }
        _ = loop.schedule(after: Self.repeatPause) { [weak self] in
            guard let self else { return }
            defer { advanceSoon() }
            switch run.phase {
            case .calling:
                if let interruption = run.interruption { return interrupted(run, interruption) }
                send(run)
            case .finishing(let outcome): finish(run, outcome)
            case .recording(let failure): record(run, failure)
            case .performing, .over: break
            }
        }
    }

    /// - Parameter outcome: nil if SQL did not say; then it learns by the end of the lease.
    private func ended(_ run: JobRun, _ outcome: JobOutcome?) {
        run.phase = .over
        if runs[run.job.id] === run {
            runs[run.job.id] = nil
            leases.release(run.job.id)
        } else {
            detachedRunCount -= 1
        }
        let duration = loop.now - run.startedAt
        queues[run.queue].ended(after: outcome == .completed ? duration : nil)
        guard let outcome else { return metrics.unknownOutcomes += 1 }
        metrics.count(run.job.kind, outcome, duration)
        if let effect = run.job.effect { metrics.count(effect, outcome) }
        if outcome == .failed { log.add(run.job, outcome, milliseconds: WallClock.milliseconds()) }
    }

    // MARK: Effects

    private func perform(_ run: JobRun, _ kind: Effect.Kind) {
        effectCount += 1
        let number = effectCount
        run.phase = .performing(number)
        let watchdog = loop.schedule(after: run.job.timeout + Self.effectGrace) { [weak self] in
            guard let self else { return }
            effects[number]?.handle?.cancel()
            effectEnded(number, Self.outcome(code: "timeout", message: "The effect did not come to an end."))
        }
        effects[number] = (run, nil, watchdog)
        guard let performer = performers[kind] else {
            return effectEnded(
                number, Self.outcome(code: "not_available", message: "This server performs no \(kind.rawValue)."))
        }
        let reports = effectReports
        let effect = Effect(kind: kind, arguments: run.job.arguments, timeout: run.job.timeout)
        // There is room in the mailbox for every effect under way; an outcome that came too late finds nobody.
        let handle = performer.perform(effect) { reports.post(EffectReport(number: number, outcome: $0)) }
        effects[number]?.handle = handle
    }

    /// An effect has ended, or was given up.
    func effectEnded(_ number: UInt64, _ outcome: EffectOutcome) {
        guard let (run, _, watchdog) = effects.removeValue(forKey: number) else { return }
        loop.cancel(watchdog)
        advanceSoon()
        if let interruption = run.interruption { return interrupted(run, interruption) }
        finish(run, outcome)
    }

    private static func outcome(code: String, message: String) -> EffectOutcome {
        var json: [UInt8] = []
        json.append("{\"error\":{\"code\":")
        JSONWriter.appendQuoted(code, to: &json)
        json.append(",\"message\":")
        JSONWriter.appendQuoted(message, to: &json)
        json.append("}}")
        return EffectOutcome(json: json)
    }

    // MARK: Progress

    /// A running job reported how far it is. Comes from inside of libpq, so nothing is sent before the next turn.
    func progressed(_ run: JobRun, _ report: String) {
        guard let pause = run.progress.offer(report, at: loop.now) else { return }
        _ = loop.schedule(after: pause) { [weak self] in
            guard let self, case .calling = run.phase, let report = run.progress.take(at: loop.now) else { return }
            metrics.progressReports += 1
            EngineCall.send(
                statements.reportProgress, [run.job.id, String(run.job.attempt), report], on: pool,
                timeout: Self.engineTimeout
            ) { [unowned self] answer in
                if case .failed(let failure) = consume answer {
                    complain("progress cannot be reported: \(failure.message)")
                }
            }
        }
    }
}
