/// One endpoint as the catalog declares it, checked and ready to serve.
final class Route: Sendable {
    enum Kind: String, Sendable { case function, metrics, stream }
    enum Authentication: String, Sendable { case none, optional, required }

    /// Its place in its catalog.
    let index: Int
    /// `GET /a/{b}`, as metrics and logs name it.
    let name: String
    let method: RouteMethod
    let pattern: RoutePattern
    let kind: Kind
    let dialect: Int
    let authentication: Authentication
    /// What the caller must be permitted; nil for nothing.
    let permission: String?
    let rateClass: String?
    let connectionClass: Transaction.Class
    let timeout: Duration
    let isReadOnly: Bool
    let isRetryable: Bool
    let successStatus: Int
    let contentType: [UInt8]
    let pageTemplate: Template<Dialect.PageSlot>?
    let itemsKey: String?
    let successTemplate: Template<Dialect.SuccessSlot>?
    /// The body while PostgreSQL cannot be asked; nil for its contract's own words.
    let unavailableTemplate: Template<Dialect.UnavailableSlot>?
    let bodyByteCountMax: Int?
    let plan: CallPlan
    /// How it speaks once it is open; nil unless it is a stream.
    let stream: StreamPlan?
    /// One statement for each of the plan's calls.
    let calls: [Statement]
    /// Takes the pieces of a body that is streamed; nil if bodies are read whole. Parameters: ticket, number, bytes.
    let chunks: Statement?
    /// What a request with an `Idempotency-Key` runs; nil if the route does not heed the field.
    let keyed: KeyedCalls?

    init(
        index: Int, name: String, method: RouteMethod, pattern: RoutePattern, kind: Kind, dialect: Int,
        authentication: Authentication, permission: String?, rateClass: String?,
        connectionClass: Transaction.Class, timeout: Duration, isReadOnly: Bool, isRetryable: Bool,
        successStatus: Int, contentType: String, pageTemplate: Template<Dialect.PageSlot>?,
        itemsKey: String?, successTemplate: Template<Dialect.SuccessSlot>?,
        unavailableTemplate: Template<Dialect.UnavailableSlot>?, bodyByteCountMax: Int?, heedsKeys: Bool,
        chunkCall: String?, plan: CallPlan, stream: StreamPlan?
    ) {
        self.index = index
        self.name = name
        self.method = method
        self.pattern = pattern
        self.kind = kind
        self.dialect = dialect
        self.authentication = authentication
        self.permission = permission
        self.rateClass = rateClass
        self.connectionClass = connectionClass
        self.timeout = timeout
        self.isReadOnly = isReadOnly
        self.isRetryable = isRetryable
        self.successStatus = successStatus
        self.contentType = Array(contentType.utf8)
        self.pageTemplate = pageTemplate
        self.itemsKey = itemsKey
        self.successTemplate = successTemplate
        self.unavailableTemplate = unavailableTemplate
        self.bodyByteCountMax = bodyByteCountMax
        self.plan = plan
        self.stream = stream
        calls = plan.calls.map { Statement($0.sql) }
        chunks = chunkCall.map { Statement("SELECT \($0)($1::jsonb, $2::integer, $3::bytea)") }
        keyed = heedsKeys ? KeyedCalls(plan) : nil
    }
}
