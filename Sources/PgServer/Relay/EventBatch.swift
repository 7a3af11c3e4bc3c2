/// What the relay hands a reactor at once: events of tenants that have listeners there, in the log's order.
///
/// A class, so that the relay knows by its end how much of what it handed over is still held.
final class EventBatch: Sendable {
    /// One event for all listeners of one stream and tenant.
    struct Item: Sendable {
        enum Content: Sendable {
            case frame(EventFrame)
            /// The stream sends states, and this event may have changed one.
            case changed(EventHeader)
            /// The stream could not show the event. The message is for the log.
            case failed(EventHeader, message: String)
            /// From this event on the stream is another one, or none, in a catalog that is about to come.
            case unserved(EventHeader)
        }

        let tenant: TenantID
        /// The stream's `route_id`.
        let route: Int
        let content: Content

        var event: EventHeader {
            switch content {
            case .frame(let frame): frame.event
            case .changed(let event), .failed(let event, _), .unserved(let event): event
            }
        }
    }

    let epoch: Int
    let items: [Item]
    /// The last position that this batch has seen of each tenant with listeners here, shown to them or not.
    let headPositions: [TenantID: Int64]
    private let byteCount: Int
    private let backlog: RelayBacklog?

    init(epoch: Int, items: [Item], headPositions: [TenantID: Int64], backlog: RelayBacklog?) {
        self.epoch = epoch
        self.items = items
        self.headPositions = headPositions
        self.backlog = backlog
        byteCount = items.reduce(0) { $0 + $1.byteCount }
        backlog?.add(byteCount)
    }

    deinit { backlog?.subtract(byteCount) }
}

extension EventBatch.Item {
    /// Roughly what it keeps in memory.
    fileprivate var byteCount: Int {
        let overhead = 256
        switch content {
        case .frame(let frame): return frame.sse.count + frame.webSocket.count + overhead
        case .changed, .unserved: return overhead
        case .failed(_, let message): return message.utf8.count + overhead
        }
    }
}
