/// How one stream speaks, as the catalog declares it: checked, compiled, ready to serve.
struct StreamPlan: Sendable {
    enum Transport: String, Sendable { case sse, websocket, any }
    /// What becomes of a client's messages. Control frames are always answered.
    enum Receive: String, Sendable { case ignore, echo }

    /// What a heartbeat, an error or the word of a loss may tell.
    enum Slot: String, TemplateSlot {
        case ts, message, code, id, tenant
        /// Microseconds and no zone: as some contracts write the time.
        case tsNaive = "ts_naive"
    }

    /// One kind of message beside the events: the name of its event, and what it says.
    struct Message: Sendable {
        /// The `event:` field; empty for none.
        let event: [UInt8]
        let template: Template<Slot>
    }

    /// What the relay knows the stream by.
    let relay: RelayRoute
    let transport: Transport
    /// Computes the whole state; nil for a stream of events.
    let state: Statement?
    /// Least time between two states.
    let coalesce: Duration
    let heartbeatInterval: Duration
    /// The `event:` field of the first message.
    let connectedEvent: [UInt8]
    /// Nil: a comment over SSE, a ping over a WebSocket.
    let heartbeat: Message?
    let error: Message
    let lost: Message
    /// Origins whose pages may open it; nil for those that the server allows everywhere.
    let allowedOrigins: Set<[UInt8]>?
    let limits: [StreamLimit]
    /// The query parameter that may hold the credential.
    let tokenParameter: String?
    /// How long a client should wait before it comes back; each is told a little more or less.
    let retry: Duration
    let receive: Receive

    func serves(webSocket: Bool) -> Bool { webSocket ? transport != .sse : transport != .websocket }

    /// What the slots of a message are filled with.
    struct Values {
        var microseconds: Int64
        var tenant: String?
        var id: (epoch: Int, position: Int64)?
        var code: String?
        var message: String?
    }

    /// Appends what a message says.
    static func append(_ template: Template<Slot>, _ values: Values, to out: inout [UInt8]) {
        template.write(into: &out) { slot in
            switch slot {
            case .ts: .timestamp(values.microseconds / 1000)
            case .tsNaive: .text(naive(values.microseconds))
            case .message: values.message.map { .text($0) } ?? .absent
            case .code: values.code.map { .text($0) } ?? .absent
            case .tenant: values.tenant.map { .text($0) } ?? .absent
            case .id: values.id.map { .text("\($0.epoch).\($0.position)") } ?? .absent
            }
        }
    }

    /// `2025-11-18T12:00:15.000000`
    private static func naive(_ microseconds: Int64) -> String {
        var text: [UInt8] = []
        RFC3339.append(milliseconds: microseconds / 1000, to: &text)
        text.removeLast()  // the Z
        text.append(decimal: Int(microseconds % 1000), digitCount: 3)
        return String(decoding: text, as: UTF8.self)
    }
}
