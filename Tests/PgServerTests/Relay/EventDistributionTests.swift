import Testing

@testable import PgServer

@Suite("The distribution of a batch")
struct EventDistributionTests {
    private func table(
        _ listeners: [(filter: StreamFilter, tenant: Int, route: RelayRoute, reactor: Int)]
    ) -> InterestTable {
        let interest = RelayInterest {}
        for one in listeners {
            _ = interest.add(
                one.filter, tenant: RelaySamples.tenant(one.tenant), route: one.route, reactor: one.reactor)
        }
        var table = InterestTable()
        table.apply(interest.takeChanges())
        return table
    }

    private func frames(_ distribution: EventDistribution) -> [EventDistribution.Outcome] {
        distribution.wanted.map { .frame(RelaySamples.frame(distribution.events[$0.event], $0.route)) }
    }

    private func backlogs(_ count: Int = 2) -> [RelayBacklog] { (0..<count).map { _ in RelayBacklog() } }

    private let accounts = RelaySamples.accounts

    @Test("has each frame made once, and given to every reactor that has listeners, and no other")
    func once() {
        let table = table([
            (accounts, 1, RelaySamples.route(1), 0), (accounts, 1, RelaySamples.route(1), 200),
            (accounts, 1, RelaySamples.route(2), 0), (accounts, 2, RelaySamples.route(1), 1),
        ])
        let events = [RelaySamples.event(1), RelaySamples.event(2, tenant: 2), RelaySamples.event(3, tenant: 3)]
        let distribution = EventDistribution(events, table, frameCountMax: 100)
        #expect(distribution.wanted.map { [$0.event, $0.route.id] } == [[0, 1], [0, 2], [1, 1]])
        let batches = distribution.batches(epoch: 9, outcomes: frames(distribution), backlogs: backlogs(201))
        #expect(batches.map(\.reactor) == [0, 1, 200])
        #expect(batches.map { $0.batch.items.map(\.route) } == [[1, 2], [1], [1]])
        #expect(batches.map { $0.batch.items.map(\.event.serial) } == [[1, 1], [2], [1]])
        #expect(batches.allSatisfy { $0.batch.epoch == 9 })
        #expect(
            batches.map(\.batch.headPositions) == [
                [RelaySamples.tenant(1): 1], [RelaySamples.tenant(2): 2], [RelaySamples.tenant(1): 1],
            ])
        #expect(Set(distribution.eventsWithListeners.map(\.serial)) == [1, 2])
        guard case .frame(let here)? = batches[0].batch.items.first?.content,
            case .frame(let there)? = batches[2].batch.items.first?.content
        else {
            Issue.record("no frames")
            return
        }
        #expect(here === there)
    }

    @Test("keeps the log's order when streams of both kinds take part")
    func order() {
        let table = table([
            (accounts, 1, RelaySamples.route(1), 0), (accounts, 1, RelaySamples.route(2, .state), 0),
        ])
        let distribution = EventDistribution((1...3).map { RelaySamples.event($0) }, table, frameCountMax: 100)
        #expect(distribution.wanted.map(\.route.id) == [1, 1, 1])
        let batch = distribution.batches(epoch: 1, outcomes: frames(distribution), backlogs: backlogs(1))[0].batch
        #expect(batch.items.map(\.event.serial) == [1, 1, 2, 2, 3, 3])
        let changed = batch.items.filter { if case .changed = $0.content { true } else { false } }
        #expect(changed.map(\.route) == [2, 2, 2])
    }

    @Test("gives a failure to the stream that failed alone, nothing for a hidden event, and the head in any case")
    func outcomes() {
        let table = table([
            (accounts, 1, RelaySamples.route(1), 0), (accounts, 1, RelaySamples.route(2), 0),
        ])
        let distribution = EventDistribution([RelaySamples.event(5)], table, frameCountMax: 100)
        let mixed = distribution.batches(
            epoch: 1, outcomes: [.failed(message: "no"), .hidden], backlogs: backlogs())
        #expect(mixed.count == 1)
        #expect(mixed[0].batch.items.map(\.route) == [1])
        guard case .failed(let event, "no") = mixed[0].batch.items[0].content else {
            Issue.record("no failure")
            return
        }
        #expect(event.serial == 5)
        #expect(mixed[0].batch.headPositions == [RelaySamples.tenant(1): 5])
    }

    @Test("tells a stream that the catalog has no more from which event on, so that nothing is taken for shown")
    func unserved() {
        let table = table([(accounts, 1, RelaySamples.route(1), 0)])
        let distribution = EventDistribution([RelaySamples.event(5)], table, frameCountMax: 100)
        let batch = distribution.batches(epoch: 1, outcomes: [.unserved], backlogs: backlogs(1))[0].batch
        guard case .unserved(let event)? = batch.items.first?.content else {
            Issue.record("nothing is told")
            return
        }
        #expect(event.serial == 5)
    }

    @Test("takes as many events as its bound allows, and one in any case")
    func portions() {
        let table = table((1...3).map { (accounts, 1, RelaySamples.route($0), 0) })
        let events = (1...10).map { RelaySamples.event($0, tenant: $0 > 8 ? 2 : 1) }
        #expect(EventDistribution(events, table, frameCountMax: 7).events.count == 2)
        #expect(EventDistribution(events, table, frameCountMax: 6).events.count == 2)
        #expect(EventDistribution(events, table, frameCountMax: 2).events.count == 1)
        #expect(EventDistribution(events, table, frameCountMax: 24).events.count == 10)
    }

    @Test("is counted for a reactor until the reactor has let go of it")
    func backlog() {
        let table = table([(accounts, 1, RelaySamples.route(1), 0)])
        let backlog = RelayBacklog(byteCountMax: 1000)
        var held: [EventBatch] = []
        while !backlog.isFull {
            let distribution = EventDistribution([RelaySamples.event(1)], table, frameCountMax: 100)
            held += distribution.batches(epoch: 1, outcomes: frames(distribution), backlogs: [backlog]).map(\.batch)
        }
        #expect(held.count > 1)
        #expect(!backlog.hasRecovered)
        held.removeAll()
        #expect(backlog.byteCount == 0)
        #expect(backlog.hasRecovered)
    }
}
