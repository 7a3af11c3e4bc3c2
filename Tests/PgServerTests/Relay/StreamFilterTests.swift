import Testing

@testable import PgServer

@Suite("What a listener asked for")
struct StreamFilterTests {
    static let events = [
        RelaySamples.event(1), RelaySamples.event(2, subject: "a"), RelaySamples.event(3, subject: "b"),
        RelaySamples.event(4, type: "data.account.deleted", subject: "a"),
        RelaySamples.event(5, topic: "data.contact", type: "data.contact.created", subject: "a"),
    ]

    static let cases: [(StreamFilter, [Int64])] = [
        (StreamFilter(topics: ["data.account"]), [1, 2, 3, 4]),
        (StreamFilter(topics: ["data.account", "data.contact"]), [1, 2, 3, 4, 5]),
        (StreamFilter(topics: []), []),
        (StreamFilter(topics: ["data.account"], types: ["data.account.deleted"]), [4]),
        (StreamFilter(topics: ["data.account"], types: []), []),
        (StreamFilter(topics: ["data.account", "data.contact"], subjects: ["a"]), [2, 4, 5]),
        (StreamFilter(topics: ["data.account"], types: ["data.account.created"], subjects: ["a", "b"]), [2, 3]),
    ]

    @Test("is what it gets, and the relay finds the same events for it", arguments: cases)
    func matches(_ filter: StreamFilter, _ expected: [Int64]) {
        #expect(Self.events.filter(filter.matches).map(\.serial) == expected)
        let interest = RelayInterest {}
        _ = interest.add(filter, tenant: RelaySamples.tenant(1), route: RelaySamples.route(1), reactor: 0)
        var table = InterestTable()
        table.apply(interest.takeChanges())
        #expect(Self.events.filter { !table.matches($0).isEmpty }.map(\.serial) == expected)
    }

    @Test("is widened for the relay, never narrowed, when it names too much")
    func widened() {
        let countMax = StreamFilter.interestCountMax
        let names = (0..<countMax).map { String($0) }
        #expect(StreamFilter(topics: ["t"], subjects: names).interests.count == countMax)
        #expect(
            StreamFilter(topics: ["t"], subjects: names + ["one more"]).interests
                == [EventInterest(topic: "t", type: nil, subject: nil)])
        let typed = StreamFilter(topics: ["t", "u"], types: names, subjects: names).interests
        #expect(Set(typed) == Set(["t", "u"].map { EventInterest(topic: $0, type: nil, subject: nil) }))
        let subjects = StreamFilter(topics: ["t"], types: ["a"], subjects: names + ["one more"]).interests
        #expect(subjects == [EventInterest(topic: "t", type: "a", subject: nil)])
    }

    @Test("does not depend on order and repetition")
    func canonical() {
        #expect(StreamFilter(topics: ["b", "a", "b"]) == StreamFilter(topics: ["a", "b"]))
    }
}
