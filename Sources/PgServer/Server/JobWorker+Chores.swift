/// What the worker has SQL do regularly.
extension JobWorker {
    func startChores() {
        chores = WorkerChore.Kind.allCases.map { WorkerChore($0, lease: leases.length) }
        for chore in chores { run(chore) }
    }

    /// Runs a chore now, or, if it runs already, once more after that.
    func runChore(_ kind: WorkerChore.Kind) {
        for chore in chores where chore.kind == kind {
            if chore.isRunning {
                chore.isDueAgain = true
            } else {
                run(chore)
            }
        }
    }

    private func run(_ chore: WorkerChore) {
        guard !stop.isStopping else { return }
        if let timer = chore.timer { loop.cancel(timer) }
        chore.timer = nil
        chore.isRunning = true
        chore.isDueAgain = false
        EngineCall.send(chore.statement, chore.arguments, on: pool, timeout: Self.engineTimeout) {
            [unowned self] answer in
            chore.isRunning = false
            chore.timer = loop.schedule(after: pause(of: chore, after: answer)) { [weak self] in self?.run(chore) }
        }
    }

    private func pause(of chore: WorkerChore, after answer: consuming Answer) -> Duration {
        switch consume answer {
        case .rows(let rows):
            if chore.kind == .readMetrics { metrics.database = JobMetric.read(rows) }
            guard !chore.isDueAgain else { return .zero }
            if let countMax = chore.countMax, rows.rowCount > 0, let count = rows.number(row: 0, column: 0) {
                return count >= countMax ? .zero : chore.interval
            }
            return chore.interval
        case .failed(let failure) where failure.sqlState == Self.undefinedFunction && !failure.isInsideFunction:
            return WorkerChore.absencePause
        case .failed(let failure):
            complain("\(chore.kind): \(failure.message)")
            return chore.interval
        case .unavailable: return chore.interval
        }
    }

    static let undefinedFunction = "42883"
}
