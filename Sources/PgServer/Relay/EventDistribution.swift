/// The way of one batch from the log to the reactors: which frames are needed, and who gets them.
struct EventDistribution {
    /// A frame to be asked of PostgreSQL.
    struct Wanted: Equatable {
        let event: Int
        let route: RelayRoute
        let reactors: ReactorSet
    }

    /// What became of one frame.
    enum Outcome {
        case frame(EventFrame)
        /// The stream does not show this event.
        case hidden
        case failed(message: String)
        /// A catalog that the reactors do not have yet has no such stream any more.
        case unserved
    }

    let events: [EventHeader]
    /// What has to be rendered, in the log's order.
    let wanted: [Wanted]
    private let changed: [Wanted]
    private let table: InterestTable

    /// Takes as many of the events, from the first, as want no more than `frameCountMax` frames; one at least.
    init(_ events: some Collection<EventHeader>, _ table: InterestTable, frameCountMax: Int) {
        self.table = table
        var taken: [EventHeader] = []
        var wanted: [Wanted] = []
        var changed: [Wanted] = []
        for event in events {
            let matches = table.matches(event)
            guard taken.isEmpty || wanted.count + matches.count <= frameCountMax else { break }
            for match in matches {
                let one = Wanted(event: taken.count, route: match.route, reactors: match.reactors)
                switch match.route.kind {
                case .frames: wanted.append(one)
                case .state: changed.append(one)
                }
            }
            taken.append(event)
        }
        self.events = taken
        self.wanted = wanted
        self.changed = changed
    }

    /// The events that at least one listener asked for.
    var eventsWithListeners: [EventHeader] {
        Set((wanted + changed).map(\.event)).map { events[$0] }
    }

    /// One batch for each reactor that has to do with these events.
    ///
    /// - Parameters:
    ///   - outcomes: One for each of ``wanted``.
    ///   - backlogs: One for each reactor.
    func batches(epoch: Int, outcomes: [Outcome], backlogs: [RelayBacklog]) -> [(reactor: Int, batch: EventBatch)] {
        precondition(outcomes.count == wanted.count)
        var items = [[(event: Int, item: EventBatch.Item)]](repeating: [], count: backlogs.count)
        func give(_ wanted: Wanted, _ content: EventBatch.Item.Content) {
            let item = EventBatch.Item(
                tenant: events[wanted.event].tenant, route: wanted.route.id, content: content)
            for reactor in backlogs.indices where wanted.reactors.contains(reactor) {
                items[reactor].append((wanted.event, item))
            }
        }
        for (wanted, outcome) in zip(wanted, outcomes) {
            switch outcome {
            case .frame(let frame): give(wanted, .frame(frame))
            case .failed(let message): give(wanted, .failed(events[wanted.event], message: message))
            case .unserved: give(wanted, .unserved(events[wanted.event]))
            case .hidden: break
            }
        }
        for one in changed { give(one, .changed(events[one.event])) }
        let heads = headPositions(reactorCount: backlogs.count)
        return backlogs.indices.compactMap { reactor in
            guard !heads[reactor].isEmpty else { return nil }
            // Both lists are in order, and only a reactor with streams of both kinds has to merge them.
            let ordered = changed.isEmpty ? items[reactor] : items[reactor].sorted { $0.event < $1.event }
            let batch = EventBatch(
                epoch: epoch, items: ordered.map(\.item), headPositions: heads[reactor], backlog: backlogs[reactor])
            return (reactor, batch)
        }
    }

    private func headPositions(reactorCount: Int) -> [[TenantID: Int64]] {
        var last: [TenantID: Int64] = [:]
        for event in events { last[event.tenant] = event.position }
        var heads = [[TenantID: Int64]](repeating: [:], count: reactorCount)
        for (tenant, position) in last {
            let reactors = table.reactors(of: tenant)
            for reactor in heads.indices where reactors.contains(reactor) { heads[reactor][tenant] = position }
        }
        return heads
    }
}
