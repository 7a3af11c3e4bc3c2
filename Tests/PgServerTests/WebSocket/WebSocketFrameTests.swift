import Testing

@testable import PgServer

@Suite("A frame of the server")
struct WebSocketFrameTests {
    static func payload(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) } }

    /// RFC 6455 §5.7.
    @Test("is written as in RFC 6455 §5.7")
    func examples() {
        let hello = Array("Hello".utf8)
        #expect(WebSocketFrame.bytes(.text, hello.span) == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(WebSocketFrame.bytes(.pong, hello.span) == [0x8A, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(WebSocketFrame.bytes(.binary, Self.payload(256).span).prefix(4) == [0x82, 0x7E, 0x01, 0x00])
        let large = WebSocketFrame.bytes(.binary, Self.payload(65_536).span)
        #expect(large.prefix(10) == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0])
        #expect(large.dropFirst(10) == Self.payload(65_536)[...])
    }

    @Test("states its length in the shortest form", arguments: [0, 1, 125, 126, 127, 65_535, 65_536])
    func length(_ count: Int) {
        let bytes = WebSocketFrame.bytes(.text, Self.payload(count).span)
        #expect(bytes.count == WebSocketFrame.byteCount(of: count))
        #expect(bytes[1] == (count <= 125 ? UInt8(count) : count <= 65_535 ? 126 : 127))
    }

    @Test("that closes holds code and reason, cut after a whole character")
    func close() {
        func close(_ code: WebSocketCloseCode?, _ reason: String) -> [UInt8] {
            var output: [UInt8] = []
            WebSocketFrame.appendClose(code, reason: reason, to: &output)
            return output
        }
        #expect(close(nil, "unsaid") == [0x88, 0])
        #expect(close(.goingAway, "") == [0x88, 2, 0x03, 0xE9])
        #expect(close(WebSocketCloseCode(rawValue: 4401), "é") == [0x88, 4, 0x11, 0x31, 0xC3, 0xA9])
        let longest = String(repeating: "a", count: WebSocketFrame.reasonByteCountMax)
        #expect(close(.normal, longest).count == 2 + WebSocketFrame.controlByteCountMax)
        #expect(close(.normal, longest.dropLast() + "é").count == 2 + WebSocketFrame.controlByteCountMax - 1)
    }
}
