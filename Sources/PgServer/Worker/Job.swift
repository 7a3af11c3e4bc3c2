/// One attempt at a job that this worker has claimed. What the job is for, only SQL knows.
struct Job: Sendable, Equatable {
    /// As PostgreSQL writes it.
    let id: String
    /// Counts the claims of the job: what an earlier attempt still reports is not heard.
    let attempt: Int
    let tenantID: String
    let kind: String
    /// Set if the server is to perform it; otherwise SQL does.
    let effect: Effect.Kind?
    let timeout: Duration
    /// For effects only.
    var arguments: [UInt8] = []
    /// The user for whom it was enqueued, if there was one, and the claims to which the function may look.
    var userID = ""
    var claims = ""
}
