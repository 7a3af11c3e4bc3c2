/// What one transaction still has to hear from PostgreSQL, in the order in which it was sent.
///
///     prepareContext? ▸ context? ▸ prepareClaim? ▸ claim? ▸ prepareCall? ▸ call ▸ Sync
///
/// Each step gets one result: completed, failed, or, after a failure, skipped. COMMIT happens at the Sync, so a
/// failure may follow the call's rows: nothing is known before ``Event/synced``.
struct AwaitedResults {
    struct Steps: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let prepareContext = Steps(rawValue: 1 << 0)
        static let context = Steps(rawValue: 1 << 1)
        static let prepareClaim = Steps(rawValue: 1 << 2)
        static let claim = Steps(rawValue: 1 << 3)
        static let prepareCall = Steps(rawValue: 1 << 4)
        static let call = Steps(rawValue: 1 << 5)
    }
    enum Event: Equatable { case completed, failed, skipped, synced }
    enum Action: Equatable {
        case nothing
        /// The statement of this step stays prepared, whatever becomes of the transaction.
        case confirm(Steps)
        /// These are the rows of the answer, if the transaction commits.
        case keepRows
        /// This is why it is rolled back. No step: it failed while committing.
        case keepFailure(at: Steps)
        case finish
        /// We and PostgreSQL no longer speak of the same statement; the connection is of no use.
        case outOfStep
    }

    private(set) var awaited: Steps
    private(set) var hasFailed = false

    init(awaiting steps: Steps) { awaited = steps }

    mutating func receive(_ event: Event) -> Action {
        switch event {
        case .completed:
            guard !hasFailed, let step = takeStep() else { return .outOfStep }
            if step == .call { return .keepRows }
            return step == .context || step == .claim ? .nothing : .confirm(step)
        case .failed:
            guard !hasFailed else { return .outOfStep }
            hasFailed = true
            return .keepFailure(at: takeStep() ?? [])
        case .skipped:
            return hasFailed && takeStep() != nil ? .nothing : .outOfStep
        case .synced:
            return awaited.isEmpty ? .finish : .outOfStep
        }
    }

    private mutating func takeStep() -> Steps? {
        guard !awaited.isEmpty else { return nil }
        let step = Steps(rawValue: awaited.rawValue & (~awaited.rawValue &+ 1))
        awaited.subtract(step)
        return step
    }
}
