/// The statements of a route for requests that name themselves by an `Idempotency-Key`.
struct KeyedCalls: Sendable {
    /// One for each of the plan's calls: it makes the call and keeps the answer.
    let calls: [Statement]
    /// Gives the kept answer again.
    let replay: Statement
    /// Whether no answer goes unkept, so that a second run of what was committed is refused for certain.
    let keepsAll: Bool

    init(_ plan: CallPlan) {
        calls = plan.calls.map { Statement(plan.keepingSQL($0)) }
        replay = Statement(plan.replaySQL)
        keepsAll = plan.returns != .reply  // which may hold tokens
    }
}
