/// A session on whose credential streams are open.
struct StreamSession: Hashable, Sendable {
    let tenant: TenantID
    /// As ``Principal`` has it.
    let sessionID: String
}
