/// What is known of an event before anybody shows it: whose it is, where it stands, what it is about.
struct EventHeader: Equatable, Sendable {
    /// Its place among all events of the database. Never shown to a client.
    let serial: Int64
    let tenant: TenantID
    /// Its place among the tenant's events: dense, from 1.
    let position: Int64
    let topic: String
    let type: String
    let subject: String?
    /// When it was written, by PostgreSQL's clock, in unix microseconds.
    let createdMicroseconds: Int64
}
