import Synchronization

@testable import PgServer

/// A relay's thread over a real log. Its reactors are mailboxes that the test empties.
final class RunningRelay: Sendable {
    let shared: SharedState
    private let isStopped: Stop
    private let ended: CountedEvent
    private let heard = Mutex<[Heard]>([])

    private final class Stop: Sendable { let flag = Atomic(false) }

    /// What a reactor was told.
    private struct Heard: Sendable {
        let reactor: Int
        let message: FrontendMessage
    }

    /// An item as listeners would have it.
    struct Item: Equatable {
        let tenant: TenantID
        let route: Int
        let position: Int64
        /// The SSE bytes; for an event that could not be shown, `failed: …`; for a state, `changed`.
        let text: String
    }

    /// - Parameter url: The administrator's.
    init(url: String, reactorCount: Int = 1, messageCountMax: Int = 4096) throws {
        let configuration = try Configuration(
            environment: Environment([
                "PGSERVER_DATABASE_URL": url, "PGSERVER_LOGIN_PASSWORD": TestCluster.serverPassword,
                "PGSERVER_STATEMENT_TIMEOUT": "500ms",
            ]))
        let mailboxes = try (0..<reactorCount).map { _ in
            try Mailbox<FrontendMessage>(messageCountMax: messageCountMax)
        }
        shared = SharedState(
            configuration: configuration, logWriter: nil, mailboxes: mailboxes, workerMailbox: nil,
            relayWake: try WakeEvent())
        isStopped = Stop()
        ended = try CountedEvent()
        try SystemThread.start(name: "relay") { [shared, isStopped, ended] in
            RelayThread(shared: shared).run(until: { isStopped.flag.load(ordering: .relaxed) })
            ended.signal()
        }
    }

    /// Ends the thread, and with it the connection.
    func stop() {
        isStopped.flag.store(true, ordering: .relaxed)
        shared.relayWake.signal()
        _ = ended.wait(for: 1, within: .seconds(30))
    }

    /// Registers a listener and waits until it counts, as a listener waits before it reads history.
    func listen(
        _ route: RelayRoute, tenant: Int = 1, topics: [String] = ["relayed.thing"], subjects: [String]? = nil,
        reactor: Int = 0
    ) throws {
        let standing = shared.relayInterest.add(
            StreamFilter(topics: topics, subjects: subjects), tenant: try EventLogDatabase.tenant(tenant),
            route: route, reactor: reactor)
        guard case .pending(let needed) = standing else { return }
        try eventually("the interest counts") {
            messages(of: reactor).contains {
                if case .interestEffective(let generation) = $0 { generation >= needed } else { false }
            }
        }
    }

    /// Everything that a reactor has been told so far.
    func messages(of reactor: Int = 0) -> [FrontendMessage] {
        heard.withLock { heard in
            for (reactor, mailbox) in shared.mailboxes.enumerated() {
                heard += mailbox.takeAll().map { Heard(reactor: reactor, message: $0) }
            }
            return heard.filter { $0.reactor == reactor }.map(\.message)
        }
    }

    /// Every item of every batch so far.
    func items(of reactor: Int = 0) -> [Item] {
        messages(of: reactor).flatMap { message -> [Item] in
            guard case .events(let batch) = message else { return [] }
            return batch.items.map { item in
                let text =
                    switch item.content {
                    case .frame(let frame): String(decoding: frame.sse, as: UTF8.self)
                    case .failed(_, let message): "failed: \(message)"
                    case .changed: "changed"
                    case .unserved: "unserved"
                    }
                return Item(tenant: item.tenant, route: item.route, position: item.event.position, text: text)
            }
        }
    }

    /// The positions of a tenant's items so far.
    func positions(tenant: Int = 1, of reactor: Int = 0) throws -> [Int64] {
        let tenant = try EventLogDatabase.tenant(tenant)
        return items(of: reactor).filter { $0.tenant == tenant }.map(\.position)
    }

    var isSequencer: Bool { shared.relay.isSequencer }
}
