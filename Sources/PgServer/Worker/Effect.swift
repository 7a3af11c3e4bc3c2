/// Something done outside the database on behalf of a job: what to do, as SQL wrote it down.
struct Effect: Sendable {
    enum Kind: String, Sendable { case http, mail }

    let kind: Kind
    /// The job's arguments, a JSON object in UTF-8.
    let arguments: [UInt8]
    /// How long it may take in all, from the look-up of a name to the last byte of the answer.
    let timeout: Duration
}
