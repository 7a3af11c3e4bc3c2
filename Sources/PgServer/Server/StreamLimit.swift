/// How many streams of a class one subject may have open at once.
struct StreamLimit: Hashable, Sendable {
    let dialect: String
    let streamClass: String
    /// The claim whose value is counted, such as `tenant_id`. A caller without it is counted by address.
    let subject: String
    let countMax: Int
}
