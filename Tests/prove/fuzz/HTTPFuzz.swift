/// The parser of requests: the same of an input however it is cut, with every place inside the request; and the
/// handshake of WebSockets on whatever head came out.
///
/// The first byte says whether the limits are tight.
enum HTTPFuzz {
    struct Outcome: Equatable {
        var requests: [Request] = []
        var error: HTTPError?
    }

    struct Request: Equatable {
        var method: Method
        var target: [UInt8]
        var path: [UInt8]
        var query: [UInt8]?
        var fields: [[UInt8]]
        var body: [UInt8]
        var keepsAlive: Bool
        var byteCount: Int
    }

    static let tightLimits = {
        var limits = HTTPLimits()
        limits.lineByteCountMax = 40
        limits.fieldCountMax = 3
        limits.headByteCountMax = 90
        limits.bodyByteCountMax = 20
        limits.chunkExtensionByteCountMax = 6
        limits.trailerByteCountMax = 24
        return limits
    }()

    static func run(_ input: [UInt8]) {
        guard let flags = input.first else { return }
        let limits = flags & 1 == 0 ? HTTPLimits() : tightLimits
        let bytes = Array(input.dropFirst())
        let whole = outcome(of: bytes, arriving: [bytes.count], limits, compacting: false)
        for arrival in Arrivals.all(of: bytes.count) {
            for compacting in [false, true] {
                let cut = outcome(of: bytes, arriving: arrival, limits, compacting: compacting)
                check(cut == whole, "\(arrival) compacting \(compacting): \(cut), but whole: \(whole)")
            }
        }
    }

    static func outcome(of bytes: [UInt8], arriving ends: [Int], _ limits: HTTPLimits, compacting: Bool) -> Outcome {
        var parser = RequestParser(limits: limits)
        var outcome = Outcome()
        var buffer: [UInt8] = []  // as a connection keeps it: from the current request's first byte
        var consumedBefore = 0
        var start = 0
        for end in ends {
            if compacting {
                let count = buffer.withUnsafeMutableBytes { parser.compact($0) }
                check(count <= buffer.count, "compacting made bytes")
                consumedBefore += buffer.count - count
                buffer.removeLast(buffer.count - count)
            }
            buffer += bytes[start..<end]
            start = end
            reading: while true {
                do throws(HTTPError) {
                    var all = buffer.mutableSpan
                    switch try parser.parse(&all) {
                    case .needsMore: break reading
                    case .head: tryHandshake(parser.head, buffer)
                    case .complete(let consumed):
                        check(consumed <= buffer.count && consumed > 0, "\(consumed) of \(buffer.count) consumed")
                        if !parser.head.hasBody { tryHandshake(parser.head, buffer) }
                        outcome.requests.append(request(parser, buffer, byteCount: consumed + consumedBefore))
                        parser.reset()
                        buffer.removeFirst(consumed)
                        consumedBefore = 0
                        if buffer.isEmpty { break reading }
                    }
                } catch {
                    outcome.error = error
                    check((400...505).contains(error.status), "\(error)")
                    return outcome
                }
            }
        }
        return outcome
    }

    static func request(_ parser: borrowing RequestParser, _ bytes: [UInt8], byteCount: Int) -> Request {
        let head = parser.head
        check(head.byteCount <= bytes.count && parser.body.lowerBound >= head.byteCount, "the body is in the head")
        check(parser.body.count <= parser.limits.bodyByteCountMax, "the body is over its limit")
        check(head.fields.count <= parser.limits.fieldCountMax, "more fields than allowed")
        check(head.byteCount <= parser.limits.headByteCountMax + parser.limits.lineByteCountMax + 4, "too long a head")
        for field in head.fields {
            check(field.value.upperBound <= head.byteCount, "a field is outside the head")
            for byte in bytes[field.value] { check(HTTPByte.isFieldValue(byte), "byte \(byte) in a value") }
        }
        return Request(
            method: head.method, target: Array(bytes[head.target]), path: Array(bytes[head.path]),
            query: head.query.map { Array(bytes[$0]) },
            fields: head.fields.flatMap { [bytes[$0.name], bytes[$0.value]] }
                .map(Array.init), body: Array(bytes[parser.body]), keepsAlive: head.keepsAlive, byteCount: byteCount)
    }

    static func tryHandshake(_ head: RequestHead, _ bytes: [UInt8]) {
        let handshake: WebSocketHandshake
        do throws(WebSocketHandshakeError) {
            handshake = try WebSocketHandshake(head, in: bytes.span)
        } catch {
            return
        }
        var output: [UInt8] = []
        let hash = Digest.sha1.hash(handshake.hashInput.span)
        handshake.appendResponse(hash: hash.span, subprotocol: handshake.subprotocols.last, to: &output)
        let lineCount = handshake.subprotocols.isEmpty ? 5 : 6
        check(output.count { $0 == HTTPByte.lineFeed } == lineCount, "the answer was split")
        check(output.count { $0 == HTTPByte.carriageReturn } == lineCount, "the answer was split")
    }
}
