import Foundation

@testable import PgServer

/// A client of an event stream, that reads it as a browser does (WHATWG HTML §9.2.6).
final class EventStream {
    struct Message: Equatable {
        var event = ""
        var data = ""
        /// The id that the browser would send when it comes back.
        var lastID = ""

        func member(_ name: String) throws -> Any? {
            (try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])?[name]
        }
    }

    let head: HTTPResponse
    let connection: RawConnection
    private(set) var lastID = ""
    private(set) var retryMilliseconds: Int?
    /// Lines that were comments.
    private(set) var commentCount = 0

    init(
        port: UInt16, _ target: String, token: String? = nil, headers: [(String, String)] = []
    ) throws {
        connection = try RawConnection(port: port)
        var fields = [("Host", "127.0.0.1:\(port)"), ("Accept", "text/event-stream")] + headers
        if let token { fields.append(("Authorization", "Bearer \(token)")) }
        try connection.send("GET \(target) HTTP/1.1\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n")
        head = try connection.head()
        guard head.status == 200 else { throw TestFailure("no stream, but \(head.status)") }
    }

    /// The next event that has data; nil at the stream's end.
    func next() throws -> Message? {
        while let message = try nextBlock() { if !message.data.isEmpty { return message } }
        return nil
    }

    /// Reads until something is so.
    func readUntil(_ condition: (EventStream) -> Bool) throws {
        while !condition(self) {
            guard try nextBlock() != nil else { throw TestFailure("the stream ended before it was so") }
        }
    }

    /// Everything up to the next blank line; nil at the stream's end, whatever was begun.
    private func nextBlock() throws -> Message? {
        var message = Message()
        while let line = try connection.line() {
            if line.isEmpty {
                message.lastID = lastID
                return message
            }
            if line.hasPrefix(":") {
                commentCount += 1
                continue
            }
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            switch parts[0] {
            case "id": lastID = String(value)
            case "event": message.event = String(value)
            case "data": message.data += message.data.isEmpty ? String(value) : "\n" + value
            case "retry": retryMilliseconds = Int(value)
            default: throw TestFailure("no field of an event stream: \(line)")
            }
        }
        return nil
    }

    /// The next message of that event, whatever comes before it.
    func next(_ event: String) throws -> Message {
        while let message = try next() { if message.event == event { return message } }
        throw TestFailure("the stream ended before an event \(event)")
    }

    /// The numbers of the next notes.
    func notes(_ count: Int) throws -> [Int] {
        try (0..<count).map { _ in
            let message = try next("event")
            guard let number = try message.member("n") as? Int else { throw TestFailure("no note: \(message)") }
            return number
        }
    }
}
