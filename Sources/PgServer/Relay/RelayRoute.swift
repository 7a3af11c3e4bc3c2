/// What the relay must know of a stream to make its frames.
struct RelayRoute: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// The stream's frame function shows each event.
        case frames
        /// The stream sends a whole state: an event only says that it may have changed.
        case state
    }

    /// The catalog's `route_id`.
    let id: Int
    let kind: Kind
    /// The `event:` field of each event; empty for none.
    let eventName: [UInt8]

    /// - Parameter eventName: A line break in it would end the field, so there can be none.
    init(id: Int, kind: Kind, eventName: String?) {
        self.id = id
        self.kind = kind
        self.eventName = Array((eventName ?? "").utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
    }
}
