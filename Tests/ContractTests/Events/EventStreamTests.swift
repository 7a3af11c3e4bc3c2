import Foundation
import Testing

@testable import PgServer

@Suite("A stream of events", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct EventStreamTests {
    private let events: EventServer

    init() throws { events = try EventServer.shared() }

    @Test("says where it begins, then tells every event that is committed, in order")
    func live() throws {
        let tenant = try events.newTenant()
        let stream = try events.listen(tenant)
        #expect(stream.head.header("Content-Type") == "text/event-stream; charset=utf-8")
        #expect(stream.head.header("Cache-Control") == "no-store")
        #expect(stream.head.header("X-Accel-Buffering") == "no")
        #expect(stream.head.header("Content-Length") == nil)
        #expect(stream.head.header("Connection") == "close")
        let connected = try #require(try stream.next())
        #expect(connected.event == "connected")
        #expect(connected.lastID.hasSuffix(".0"))
        #expect(try #require(stream.retryMilliseconds) >= 3000)
        try events.publish(1...3, to: tenant)
        try events.publish(4...5, to: tenant)
        #expect(try stream.notes(5) == [1, 2, 3, 4, 5])
        #expect(stream.lastID.hasSuffix(".5"))
    }
}
