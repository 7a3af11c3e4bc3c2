import Testing

@testable import PgServer

@Suite("An event on the wire")
struct EventWireTests {
    private func sse(_ json: String, eventName: String? = "event", id: (Int, Int64)? = (3, 42)) -> String {
        var bytes: [UInt8] = []
        let name = RelaySamples.route(1, eventName: eventName).eventName
        EventWire.appendSSE(
            id: id.map { (epoch: $0.0, position: $0.1) }, eventName: name, json: Array(json.utf8).span, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("of SSE has its id, its name, one line of data, and ends with a blank line")
    func eventStream() {
        #expect(sse("{\"a\":1}") == "id: 3.42\nevent: event\ndata: {\"a\":1}\n\n")
        #expect(sse("{}", eventName: nil) == "id: 3.42\ndata: {}\n\n")
        #expect(sse("{}", id: nil) == "event: event\ndata: {}\n\n")
    }

    @Test("of SSE stays one event whatever line breaks are in its JSON or its name")
    func lineBreaks() {
        #expect(sse("{\n\"a\": 1,\r\n\"b\":\r2}") == "id: 3.42\nevent: event\ndata: { \"a\": 1,  \"b\": 2}\n\n")
        #expect(sse("{}", eventName: "a\nid: 9\r") == "id: 3.42\nevent: aid: 9\ndata: {}\n\n")
    }

    /// RFC 6455 §5.2: seven bits, or 126 and two bytes, or 127 and eight.
    @Test(
        "of WebSocket is one unmasked text frame with the shortest length",
        arguments: [
            (0, [0x81, 0]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65_535, [0x81, 126, 0xFF, 0xFF]),
            (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])])
    func webSocket(_ count: Int, _ head: [UInt8]) {
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: count)
        var bytes: [UInt8] = []
        EventWire.appendWebSocketText(text.span, to: &bytes)
        #expect(bytes == head + text)
    }

    @Test("is made once for both")
    func frame() {
        let event = RelaySamples.event(7, subject: "s")
        let frame = EventFrame(
            event, epoch: 2, route: RelaySamples.route(1, eventName: "change"), json: Array("[1]".utf8).span)
        #expect(frame.sse == Array("id: 2.7\nevent: change\ndata: [1]\n\n".utf8))
        #expect(frame.webSocket == [0x81, 3] + Array("[1]".utf8))
        #expect(frame.event == event)
    }
}
