import Testing

@testable import PgServer

@Suite("The leases")
struct LeaseBookTests {
    let start = ContinuousClock.now

    @Test("are extended when a third of them has passed, and again after that")
    func due() {
        var book = LeaseBook(length: .seconds(30))
        book.hold("a", since: start)
        book.hold("b", since: start + .seconds(5))
        #expect(book.due(at: start + .milliseconds(9_999)).isEmpty)
        #expect(book.due(at: start + .seconds(10)) == ["a"])
        book.renew(["a"], since: start + .seconds(10))
        #expect(book.due(at: start + .seconds(15)) == ["b"])
        #expect(Set(book.due(at: start + .seconds(20))) == ["a", "b"])
        #expect(book.end(of: "a") == start + .seconds(40))
    }

    @Test("are looked at often enough that none gets older than half its length")
    func interval() {
        let book = LeaseBook(length: .seconds(30))
        #expect(book.renewalAge + book.inspectionInterval <= book.length / 2)
    }

    @Test("are not taken up again by an extension that comes after the job's end")
    func released() {
        var book = LeaseBook(length: .seconds(30))
        book.hold("a", since: start)
        book.release("a")
        book.renew(["a"], since: start)
        #expect(book.count == 0)
        #expect(book.end(of: "a") == nil)
        #expect(book.due(at: start + .seconds(60)).isEmpty)
    }
}
