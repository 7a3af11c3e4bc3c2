import Synchronization
import Testing

@testable import PgServer

@Suite("The relay's interests")
struct RelayInterestTests {
    private let tenant = RelaySamples.tenant(1)
    private let route = RelaySamples.route(7)
    private let filter = RelaySamples.accounts

    /// A relay without its thread: it takes interests between batches, as ``RelayThread`` does.
    private struct Relay {
        let interest: RelayInterest
        var table = InterestTable()

        mutating func take() -> RelayInterest.Changes {
            let changes = interest.takeChanges()
            table.apply(changes)
            interest.acknowledge(changes.generation)
            return changes
        }
    }

    @Test("count from the moment that the relay has taken them")
    func standing() {
        var relay = Relay(interest: RelayInterest {})
        let first = relay.interest.add(filter, tenant: tenant, route: route, reactor: 0)
        #expect(first == .pending(generation: 1))
        #expect(relay.interest.add(filter, tenant: tenant, route: route, reactor: 0) == .pending(generation: 1))
        #expect(relay.interest.add(filter, tenant: tenant, route: route, reactor: 1) == .pending(generation: 2))
        let changes = relay.take()
        #expect(changes.generation == 2)
        #expect(Set(changes.added.map(\.key.reactor)) == [0, 1])
        #expect(relay.interest.add(filter, tenant: tenant, route: route, reactor: 0) == .effective)
        #expect(relay.take().isEmpty)
        // A wider filter needs the relay again, though a part of it counts.
        let wider = StreamFilter(topics: ["data.account", "data.contact"])
        #expect(relay.interest.add(wider, tenant: tenant, route: route, reactor: 0) == .pending(generation: 3))
        #expect(relay.take().added.map(\.key.interest.topic) == ["data.contact"])
    }

    @Test("are not acknowledged by being taken: an event read before is handed over with the older table")
    func takenIsNotEffective() {
        let interest = RelayInterest {}
        _ = interest.add(filter, tenant: tenant, route: route, reactor: 0)
        let changes = interest.takeChanges()
        #expect(interest.add(filter, tenant: tenant, route: route, reactor: 0) == .pending(generation: 1))
        interest.acknowledge(changes.generation)
        #expect(interest.add(filter, tenant: tenant, route: route, reactor: 0) == .effective)
    }

    @Test("end with their last listener, and count anew after that")
    func removal() {
        var relay = Relay(interest: RelayInterest {})
        for _ in 0..<2 { _ = relay.interest.add(filter, tenant: tenant, route: route, reactor: 0) }
        _ = relay.take()
        relay.interest.remove(filter, tenant: tenant, route: route, reactor: 0)
        #expect(relay.take().isEmpty)
        relay.interest.remove(filter, tenant: tenant, route: route, reactor: 0)
        #expect(relay.take().removed.count == 1)
        #expect(relay.table.isEmpty)
        #expect(relay.table.count == 0)
        #expect(relay.interest.add(filter, tenant: tenant, route: route, reactor: 0) == .pending(generation: 2))
    }

    @Test("that end and begin again before the relay looks were never away")
    func flapping() {
        var relay = Relay(interest: RelayInterest {})
        _ = relay.interest.add(filter, tenant: tenant, route: route, reactor: 0)
        _ = relay.take()
        relay.interest.remove(filter, tenant: tenant, route: route, reactor: 0)
        #expect(relay.interest.add(filter, tenant: tenant, route: route, reactor: 0) == .effective)
        #expect(relay.take().isEmpty)
        #expect(!relay.table.matches(RelaySamples.event(1)).isEmpty)
    }

    @Test("that begin and end before the relay looks leave nothing behind")
    func unnoticed() {
        var relay = Relay(interest: RelayInterest {})
        for number in 0..<100 {
            let filter = StreamFilter(topics: ["data.account"], subjects: [String(number)])
            _ = relay.interest.add(filter, tenant: tenant, route: route, reactor: 0)
            relay.interest.remove(filter, tenant: tenant, route: route, reactor: 0)
        }
        #expect(!relay.interest.isPending)
        #expect(relay.take().isEmpty)
    }

    @Test("take the newest description of their stream, without a gap")
    func redefined() {
        var relay = Relay(interest: RelayInterest {})
        _ = relay.interest.add(filter, tenant: tenant, route: route, reactor: 0)
        _ = relay.take()
        let renamed = RelaySamples.route(7, eventName: "renamed")
        #expect(relay.interest.add(filter, tenant: tenant, route: renamed, reactor: 0) == .effective)
        #expect(relay.interest.add(filter, tenant: tenant, route: renamed, reactor: 0) == .effective)
        #expect(relay.interest.isPending)
        _ = relay.take()
        #expect(relay.table.matches(RelaySamples.event(1)).map(\.route) == [renamed])
        for _ in 0..<2 { relay.interest.remove(filter, tenant: tenant, route: renamed, reactor: 0) }
        relay.interest.remove(filter, tenant: tenant, route: route, reactor: 0)
        _ = relay.take()
        #expect(relay.table.isEmpty)
    }

    @Test("wake the relay when there is something to take, and only then")
    func waking() {
        let count = Mutex(0)
        var relay = Relay(interest: RelayInterest { count.withLock { $0 += 1 } })
        for _ in 0..<3 { _ = relay.interest.add(filter, tenant: tenant, route: route, reactor: 0) }
        #expect(count.withLock { $0 } == 1)
        _ = relay.take()
        _ = relay.interest.add(filter, tenant: tenant, route: route, reactor: 0)
        #expect(count.withLock { $0 } == 1)
    }

    /// The race of registration and replay, with every step of the listener at every place between the relay's steps.
    ///
    /// The relay's steps are: take the interests, read a batch (which commits it), hand it over, and so on. The
    /// listener registers, reads history once it is told that it counts, and from then on keeps what arrives.
    @Test("lose no event between registration and replay, whenever a listener comes", arguments: 0..<24)
    func race(_ arrival: Int) {
        var relay = Relay(interest: RelayInterest {})
        var committed: [EventHeader] = []
        var unread = (1...6).map { RelaySamples.event(Int64($0)) }[...]
        var batch: (events: [EventHeader], table: InterestTable)?
        var standing: RelayInterest.Standing?
        var history: [Int64]?
        var live: [Int64] = []
        for step in 0..<36 {
            if step == arrival { standing = relay.interest.add(filter, tenant: tenant, route: route, reactor: 0) }
            switch step % 4 {
            case 0:
                let changes = relay.take()
                if case .pending(let generation) = standing, changes.generation >= generation { standing = .effective }
            case 1: batch = (Array(unread.prefix(1)), relay.table)
            case 2:
                committed += unread.prefix(1)
                unread = unread.dropFirst()
            default:
                for event in batch?.events ?? [] where !(batch?.table.matches(event).isEmpty ?? true) {
                    live.append(event.serial)
                }
                batch = nil
            }
            if standing == .effective, history == nil { history = committed.map(\.serial) }
        }
        let shown = history ?? []
        #expect(shown + live.filter { $0 > shown.last ?? 0 } == [1, 2, 3, 4, 5, 6])
    }
}
