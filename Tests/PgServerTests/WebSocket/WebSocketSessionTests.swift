import Testing

@testable import PgServer

@Suite("A WebSocket's frames")
struct WebSocketSessionTests {
    /// RFC 6455 §5.7, and the sizes of Autobahn's case classes 1 and 2 around which the forms of the length change.
    @Test("are read as in RFC 6455 §5.7")
    func examples() throws {
        #expect(
            try steadyEvents(of: [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]) == [.text("Hello")]
        )
        #expect(
            try steadyEvents(of: [.text("Hel", isFinal: false), .ping("Hello"), .more("lo")]) == [
                .ping("Hello"), .text("Hello"),
            ])
    }

    @Test("hold payloads of every length", arguments: [0, 1, 7, 8, 9, 125, 126, 127, 128, 255, 65_535, 65_536, 70_000])
    func sizes(_ count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let letters = payload.map { $0 & 0x7F }
        let frames: [ClientFrame] = [.binary(payload), .text(letters), .ping("x")]
        #expect(events(of: frames.bytes, in: [frames.bytes.count]) == [.binary(payload), .text(letters), .ping("x")])
        for pieces in [[1], [3], [13, 1021]] {
            #expect(events(of: frames.bytes, in: pieces) == [.binary(payload), .text(letters), .ping("x")])
        }
    }

    static let accepted: [(String, [ClientFrame], [WebSocketEvent])] = [
        ("an empty message", [.text("")], [.text("")]),
        ("an empty mask", [ClientFrame(opcode: 1, payload: [0x61], mask: [0, 0, 0, 0])], [.text("a")]),
        (
            "pings and a pong nobody asked for", [.ping(), .pong("z"), .ping("ab")],
            [.ping(""), .pong("z"), .ping("ab")]
        ),
        (
            "the longest ping", [.ping(String(repeating: "p", count: 125))], [.ping(String(repeating: "p", count: 125))]
        ),
        (
            "fragments, some of them empty",
            [.text("", isFinal: false), .more("ab", isFinal: false), .more("", isFinal: false), .more("c")],
            [.text("abc")]
        ),
        (
            "control frames between fragments",
            [.binary([1], isFinal: false), .ping("1"), .more([2], isFinal: false), .pong("2"), .more([3])],
            [.ping("1"), .pong("2"), .binary([1, 2, 3])]
        ),
        (
            "a character cut by two frames",
            [.text([0xF0, 0x9F], isFinal: false), .ping("é"), .more([0x98, 0x80])], [.ping("é"), .text("😀")]
        ),
        (
            "bytes that are no text", [.binary([0xFF, 0xC0], isFinal: false), .more([0x80])],
            [.binary([0xFF, 0xC0, 0x80])]
        ),
        ("one message after another", [.text("a"), .binary([0]), .text("b")], [.text("a"), .binary([0]), .text("b")]),
    ]

    @Test("are put together to messages", arguments: accepted)
    func accepts(_ title: String, _ frames: [ClientFrame], _ expected: [WebSocketEvent]) throws {
        #expect(try steadyEvents(of: frames) == expected)
    }

    static let refused: [(String, [ClientFrame], [WebSocketEvent])] =
        (1...7).map { bits in
            ("reserved bits \(bits)", [ClientFrame(opcode: 1, reserved: bits)], [.failure(.reservedBits)])
        }
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { opcode in
            ("opcode \(opcode)", [.text("a"), ClientFrame(opcode: opcode)], [.text("a"), .failure(.reservedOpcode)])
        }
        + [0, 1, 2, 8, 9, 10].map { opcode in
            ("opcode \(opcode) without a mask", [ClientFrame(opcode: opcode, mask: nil)], [.failure(.unmaskedFrame)])
        }
        + [8, 9, 10].flatMap { opcode -> [(String, [ClientFrame], [WebSocketEvent])] in
            [
                (
                    "a fragment of opcode \(opcode)", [ClientFrame(opcode: opcode, isFinal: false), .ping()],
                    [.failure(.fragmentedControlFrame)]
                ),
                (
                    "126 bytes of opcode \(opcode)",
                    [ClientFrame(opcode: opcode, payload: Array(repeating: 0x61, count: 126))],
                    [.failure(.controlFrameTooLong)]
                ),
                (
                    "a long form of opcode \(opcode)", [ClientFrame(opcode: opcode, payload: [], lengthByteCount: 8)],
                    [.failure(.controlFrameTooLong)]
                ),
            ]
        } + [
            (
                "125 bytes in a length of two",
                [ClientFrame(opcode: 2, payload: Array(repeating: 0, count: 125), lengthByteCount: 2)],
                [.failure(.malformedLength)]
            ),
            (
                "65535 bytes in a length of eight", [ClientFrame(opcode: 2, lengthByteCount: 8, statedLength: 65_535)],
                [.failure(.malformedLength)]
            ),
            (
                "a length with its highest bit", [ClientFrame(opcode: 2, statedLength: 1 << 63)],
                [.failure(.malformedLength)]
            ),
            (
                "a continuation of nothing", [.more("a"), .text("b")], [.failure(.unexpectedContinuation)]
            ),
            (
                "a continuation behind a message",
                [.text("a", isFinal: false), .more("b"), .more("c", isFinal: false)],
                [.text("ab"), .failure(.unexpectedContinuation)]
            ),
            (
                "a message within a message", [.text("a", isFinal: false), .ping("p"), .text("b")],
                [.ping("p"), .failure(.unfinishedMessage)]
            ),
            (
                "another type within a message", [.text("a", isFinal: false), .binary([1])],
                [.failure(.unfinishedMessage)]
            ),
        ]

    @Test("are refused at the first fault, and nothing is read behind it", arguments: refused)
    func refuses(_ title: String, _ frames: [ClientFrame], _ expected: [WebSocketEvent]) throws {
        #expect(try steadyEvents(of: (frames + [.text("later"), .ping("later")]).bytes) == expected)
    }

    @Test("are refused for their size by the header alone, over all fragments")
    func size() throws {
        func reported(_ frames: [ClientFrame]) throws -> [WebSocketEvent] {
            try steadyEvents(of: frames.bytes, messageByteCountMax: 10)
        }
        #expect(try reported([.text("0123456789"), .text("ab")]) == [.text("0123456789"), .text("ab")])
        #expect(try reported([.text("01234", isFinal: false), .more("56789")]) == [.text("0123456789")])
        #expect(try reported([ClientFrame(opcode: 1, statedLength: 11)]) == [.failure(.messageTooBig)])
        #expect(try reported([ClientFrame(opcode: 2, statedLength: UInt64(Int64.max))]) == [.failure(.messageTooBig)])
        let more = ClientFrame(opcode: 0, statedLength: 6)
        #expect(try reported([.text("01234", isFinal: false), more]) == [.failure(.messageTooBig)])
        let huge = ClientFrame(opcode: 0, statedLength: UInt64(Int64.max))
        #expect(try reported([.text("01234", isFinal: false), huge]) == [.failure(.messageTooBig)])
    }

    @Test("are checked and dropped where nobody wants messages")
    func unwanted() throws {
        func reported(_ frames: [ClientFrame]) throws -> [WebSocketEvent] {
            try steadyEvents(of: frames.bytes, messageByteCountMax: 10, keepsMessages: false)
        }
        #expect(try reported([.text("a"), .binary([1], isFinal: false), .ping("p"), .more([2])]) == [.ping("p")])
        #expect(try reported([.text([0xFF])]) == [.failure(.malformedText)])
        #expect(try reported([.text([0xC3], isFinal: false), .more([])]) == [.failure(.malformedText)])
        #expect(try reported([ClientFrame(opcode: 1, statedLength: 11)]) == [.failure(.messageTooBig)])
    }

    @Test("cost an idle connection a few words")
    func memory() {
        #expect(MemoryLayout<WebSocketSession>.size <= 128)
    }
}

@Suite("Text over a WebSocket")
struct WebSocketTextTests {
    /// Autobahn's 6.4: the fault is reported when it arrives, not when the frame or the message ends.
    @Test("fails as soon as it is none, within a frame and between frames")
    func failFast() {
        let beginning: [UInt8] = [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5]
        var session = WebSocketSession(messageByteCountMax: 1000, keepsMessages: true)
        #expect(session.events(of: ClientFrame.text(beginning, isFinal: false).bytes) == [])
        #expect(session.events(of: ClientFrame.more([0xF4], isFinal: false).bytes) == [])
        #expect(session.events(of: ClientFrame.more([0x90], isFinal: false).bytes) == [.failure(.malformedText)])

        let frame = ClientFrame.text(beginning + [0xF4, 0x90, 0x80, 0x80, 0x65, 0x64]).bytes
        let fault = frame.count - 5  // behind it three bytes more would end the frame's character, and two its text
        session = WebSocketSession(messageByteCountMax: 1000, keepsMessages: true)
        #expect(session.events(of: Array(frame[..<fault])) == [])
        #expect(session.events(of: [frame[fault]]) == [.failure(.malformedText)])
        #expect(session.events(of: Array(frame[(fault + 1)...]) + ClientFrame.ping().bytes) == [])
    }

    @Test(
        "fails if it ends within a character",
        arguments: [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x61, 0xCE]] as [[UInt8]])
    func unfinished(_ bytes: [UInt8]) throws {
        #expect(try steadyEvents(of: [.text(bytes)]) == [.failure(.malformedText)])
        #expect(try steadyEvents(of: [.text(bytes, isFinal: false), .more([])]) == [.failure(.malformedText)])
    }

    @Test("begins anew with each message")
    func fresh() throws {
        #expect(
            try steadyEvents(of: [.text("é"), .text("é"), .text([0xA9])]) == [
                .text("é"), .text("é"), .failure(.malformedText),
            ])
    }

    @Test("is judged alike in one frame and with each byte in one of its own", arguments: UTF8ValidatorTests.refusals)
    func refused(_ bytes: [UInt8], _ index: Int) throws {
        #expect(try steadyEvents(of: [.text(bytes)]) == [.failure(.malformedText)])
        let fragments =
            [ClientFrame.text([], isFinal: false)] + bytes.map { .more([$0], isFinal: false) } + [.more([])]
        #expect(try steadyEvents(of: fragments) == [.failure(.malformedText)])
    }
}

@Suite("The end of a WebSocket")
struct WebSocketCloseTests {
    static let endings: [(String, ClientFrame, WebSocketEvent)] = [
        ("without a code", ClientFrame(opcode: 8), .close(nil, reason: [])),
        ("with half a code", ClientFrame(opcode: 8, payload: [0x03]), .failure(.malformedClose)),
        ("with a code", .close(1000), .close(.normal, reason: [])),
        ("with a reason", .close(1001, Array("bye é".utf8)), .close(.goingAway, reason: Array("bye é".utf8))),
        (
            "with the longest reason", .close(1000, Array(repeating: 0x2A, count: 123)),
            .close(.normal, reason: Array(repeating: 0x2A, count: 123))
        ),
        ("with too long a reason", .close(1000, Array(repeating: 0x2A, count: 124)), .failure(.controlFrameTooLong)),
        (
            "with a reason that is no text", .close(1000, [0xCE, 0xBA, 0xED, 0xA0, 0x80]),
            .failure(.malformedCloseReason)
        ),
        ("with half a character", .close(1000, [0xC3]), .failure(.malformedCloseReason)),
    ]

    @Test("comes as one frame, behind which nothing is read", arguments: endings)
    func ending(_ title: String, _ frame: ClientFrame, _ expected: WebSocketEvent) throws {
        let later: [ClientFrame] = [.close(1000), .ping("later"), .text("later")]
        #expect(try steadyEvents(of: [.text("a"), frame] + later) == [.text("a"), expected])
        #expect(try steadyEvents(of: [.text("a", isFinal: false), frame, .more("b")]) == [expected])
    }

    @Test("has a code that may be sent", arguments: Array(1000...1003) + Array(1007...1014) + [3000, 3999, 4000, 4999])
    func allowed(_ code: UInt16) throws {
        let expected = WebSocketEvent.close(WebSocketCloseCode(rawValue: code), reason: [])
        #expect(try steadyEvents(of: [.close(code)]) == [expected])
    }

    @Test(
        "has no code that may not be sent",
        arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] as [UInt16])
    func forbidden(_ code: UInt16) throws {
        #expect(try steadyEvents(of: [.close(code, [0x61])]) == [.failure(.forbiddenCloseCode)])
    }

    @Test("is a code for each fault, and a reason that fits", arguments: WebSocketError.allCases)
    func faults(_ error: WebSocketError) {
        #expect([1002, 1007, 1009].contains(error.closeCode.rawValue))
        #expect(error.closeCode.isAllowedInFrame)
        #expect((1...WebSocketFrame.reasonByteCountMax).contains(error.reason.utf8.count))
    }

    @Test("is said once by each side, whoever begins")
    func handshake() {
        var session = WebSocketSession(messageByteCountMax: 1000, keepsMessages: true)
        var output: [UInt8] = []
        #expect(
            session.events(of: ClientFrame.close(3001).bytes) == [
                .close(WebSocketCloseCode(rawValue: 3001), reason: [])
            ])
        #expect(session.hasPeerEnded && !session.isFinished)
        session.close(WebSocketCloseCode(rawValue: 3001), to: &output)
        session.close(.goingAway, to: &output)
        #expect(output == [0x88, 2, 0x0B, 0xB9])
        #expect(session.isFinished)

        session = WebSocketSession(messageByteCountMax: 1000, keepsMessages: true)
        output = []
        session.close(.goingAway, reason: "stop", to: &output)
        #expect(output == [0x88, 6, 0x03, 0xE9, 0x73, 0x74, 0x6F, 0x70])
        #expect(session.events(of: [.text("late"), .ping("late")].bytes) == [])
        #expect(session.isClosing && !session.isFinished)
        #expect(session.events(of: ClientFrame.close(1001).bytes) == [.close(.goingAway, reason: [])])
        #expect(session.isFinished)
    }
}
