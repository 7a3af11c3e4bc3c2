@testable import PgServer

/// What a parser said of some bytes, in a form that two ways of feeding them can be compared by.
enum Verdict: Equatable {
    case request(ParsedRequest)
    case refused(HTTPError)
    case incomplete
}

struct ParsedRequest: Equatable {
    var method: PgServer.Method
    var target: String
    var path: String
    var query: String?
    var authority: String?
    var fields: [[String]]
    var body: String
    var consumed = 0
    var flags: Set<String>
}

/// Feeds the bytes as they would arrive: first `counts[0]` of them, then up to `counts[1]`, and so on.
func verdict(
    on text: [UInt8], arriving counts: [Int], limits: HTTPLimits = HTTPLimits(), compacting: Bool = false
) -> Verdict {
    var parser = RequestParser(limits: limits)
    var bytes = text
    var removedCount = 0
    for count in counts {
        while true {
            do throws(HTTPError) {
                switch try parser.parse(&bytes, 0..<(count - removedCount)) {
                case .head: continue
                case .needsMore: break
                case .complete(let consumed):
                    return .request(
                        ParsedRequest(parser, in: bytes, consumed: consumed + removedCount))
                }
            } catch {
                return .refused(error)
            }
            break
        }
        guard compacting else { continue }
        let before = count - removedCount
        let after = bytes.withUnsafeMutableBytes { buffer in
            parser.compact(UnsafeMutableRawBufferPointer(rebasing: buffer[..<before]))
        }
        bytes.removeSubrange(after..<before)
        removedCount += before - after
    }
    return .incomplete
}

func verdict(on text: String, limits: HTTPLimits = HTTPLimits()) -> Verdict {
    let bytes = Array(text.utf8)
    return verdict(on: bytes, arriving: [bytes.count], limits: limits)
}

/// The verdict on the whole text, if it is the same however the text is cut.
func steadyVerdict(on text: String, limits: HTTPLimits = HTTPLimits()) throws -> Verdict {
    let bytes = Array(text.utf8)
    let whole = verdict(on: bytes, arriving: [bytes.count], limits: limits)
    guard verdict(on: bytes, arriving: Array(0...bytes.count), limits: limits) == whole else {
        throw Unsteady(way: "byte by byte")
    }
    guard verdict(on: bytes, arriving: Array(0...bytes.count), limits: limits, compacting: true) == whole else {
        throw Unsteady(way: "byte by byte, compacted")
    }
    for cut in 0...bytes.count where verdict(on: bytes, arriving: [cut, bytes.count], limits: limits) != whole {
        throw Unsteady(way: "cut at \(cut)")
    }
    return whole
}

extension RequestParser {
    /// Parses one part of an array, or all of it.
    mutating func parse(_ bytes: inout [UInt8], _ part: Range<Int>? = nil) throws(HTTPError) -> Progress {
        let part = part ?? bytes.indices
        var all = bytes.mutableSpan
        return try all.withUnsafeMutableBytes { buffer throws(HTTPError) in
            try parse(UnsafeMutableRawBufferPointer(rebasing: buffer[part]))
        }
    }
}

struct Unsteady: Error { var way: String }

extension ParsedRequest {
    init(_ parser: borrowing RequestParser, in bytes: [UInt8], consumed: Int) {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        method = parser.head.method
        target = text(parser.head.target)
        path = text(parser.head.path)
        query = parser.head.query.map(text)
        authority = parser.head.authority.map(text)
        fields = parser.head.fields.map { [text($0.name), text($0.value)] }
        body = text(parser.body)
        self.consumed = consumed
        flags = []
        if parser.head.isHTTP11 { flags.insert("1.1") }
        if parser.head.keepsAlive { flags.insert("keeps alive") }
        if parser.head.expectsContinue { flags.insert("expects continue") }
        if parser.head.isChunked { flags.insert("chunked") }
        if parser.head.isUpgrade { flags.insert("upgrade") }
    }
}
