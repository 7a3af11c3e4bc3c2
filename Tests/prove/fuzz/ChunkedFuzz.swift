/// The decoder of chunked bodies: the same of an input however it is cut and compacted, and what it decoded, written
/// as one chunk, decodes to itself.
enum ChunkedFuzz {
    static let bodyByteCountMax = 300

    enum Outcome: Equatable {
        case body([UInt8], consumed: Int)
        case incomplete
        case refused(HTTPError)
    }

    static func run(_ input: [UInt8]) {
        let whole = outcome(of: input, arriving: [input.count], compacting: false)
        for arrival in Arrivals.all(of: input.count) {
            for compacting in [false, true] {
                let cut = outcome(of: input, arriving: arrival, compacting: compacting)
                check(cut == whole, "\(arrival) compacting \(compacting): \(cut), but whole: \(whole)")
            }
        }
        guard case .body(let body, let consumed) = whole else { return }
        check(body.count <= bodyByteCountMax, "\(body.count) bytes")
        check(consumed <= input.count && consumed >= body.count, "\(consumed) consumed")
        let chunk = body.isEmpty ? [] : Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n".utf8)
        let again = chunk + Array("0\r\n\r\n".utf8)
        check(
            outcome(of: again, arriving: [again.count], compacting: false) == .body(body, consumed: again.count),
            "it does not decode to itself")
    }

    static func outcome(of bytes: [UInt8], arriving ends: [Int], compacting: Bool) -> Outcome {
        var decoder = ChunkedDecoder(at: 0)
        var buffer: [UInt8] = []
        var removedCount = 0
        var start = 0
        let limits = HTTPFuzz.tightLimits
        for end in ends {
            if compacting {
                var span = buffer.mutableSpan
                let count = decoder.compact(&span)
                removedCount += buffer.count - count
                buffer.removeLast(buffer.count - count)
            }
            buffer += bytes[start..<end]
            start = end
            do throws(HTTPError) {
                var span = buffer.mutableSpan
                guard try decoder.decode(&span, limits: limits, bodyByteCountMax: bodyByteCountMax) else { continue }
            } catch {
                return .refused(error)
            }
            check(decoder.decodedEnd <= decoder.cursor && decoder.cursor <= buffer.count, "the decoder overtook itself")
            return .body(Array(buffer[..<decoder.decodedEnd]), consumed: decoder.cursor + removedCount)
        }
        return .incomplete
    }
}
