/// One event as one stream shows it: whole wire bytes, made once and shared by all its listeners.
final class EventFrame: Sendable {
    let event: EventHeader
    /// For `text/event-stream`, with the blank line that ends it.
    let sse: [UInt8]
    /// One WebSocket text frame, unmasked.
    let webSocket: [UInt8]

    var position: Int64 { event.position }
    var createdMicroseconds: Int64 { event.createdMicroseconds }
    var topic: String { event.topic }
    var type: String { event.type }
    var subject: String? { event.subject }

    /// - Parameter json: The event as the stream's contract shows it.
    init(_ event: EventHeader, epoch: Int, route: RelayRoute, json: Span<UInt8>) {
        self.event = event
        var sse: [UInt8] = []
        EventWire.appendSSE(
            id: (epoch, event.position), eventName: route.eventName, json: json, to: &sse)
        self.sse = sse
        var webSocket: [UInt8] = []
        EventWire.appendWebSocketText(json, to: &webSocket)
        self.webSocket = webSocket
    }
}
