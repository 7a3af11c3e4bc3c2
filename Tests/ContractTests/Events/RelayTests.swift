import Testing

@testable import PgServer

@Suite("The relay", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct RelayTests {
    private typealias Item = RunningRelay.Item

    @Test("hands each reactor the frames of its listeners' tenants, streams, topics and subjects")
    func frames() throws {
        let database = try EventLogDatabase("relay_frames")
        let (events, plain) = try (database.route("/relayed/events"), database.route("/relayed/plain"))
        let relay = try RunningRelay(url: database.url, reactorCount: 2)
        defer { relay.stop() }
        try relay.listen(events)
        try relay.listen(plain, reactor: 1)
        try relay.listen(events, tenant: 2, topics: ["relayed.other"], subjects: ["b"], reactor: 1)
        let writer = try database.connect()
        try EventLogDatabase.publish(#"{"n": 1}"#, on: writer)
        try EventLogDatabase.publish(#"{"n": 2}"#, topic: "relayed.other", on: writer)
        try EventLogDatabase.publish(#"{"n": 3}"#, tenant: 2, topic: "relayed.other", subject: "a", on: writer)
        try EventLogDatabase.publish(#"{"n": 4}"#, tenant: 2, topic: "relayed.other", subject: "b", on: writer)
        try EventLogDatabase.publish(#"{"n": 5}"#, tenant: 3, on: writer)
        try EventLogDatabase.publish(#"{"n": 6}"#, on: writer)
        let (first, second) = try (EventLogDatabase.tenant(1), EventLogDatabase.tenant(2))
        try eventually("all have come") { relay.items().count >= 2 && relay.items(of: 1).count >= 3 }
        #expect(
            relay.items() == [
                Item(
                    tenant: first, route: events.id, position: 1,
                    text: "id: 1.1\nevent: event\ndata: {\"position\" : 1, \"payload\" : {\"n\": 1}}\n\n"),
                Item(
                    tenant: first, route: events.id, position: 3,
                    text: "id: 1.3\nevent: event\ndata: {\"position\" : 3, \"payload\" : {\"n\": 6}}\n\n"),
            ])
        #expect(
            relay.items(of: 1) == [
                Item(
                    tenant: first, route: plain.id, position: 1, text: "id: 1.1\nevent: event\ndata: {\"n\": 1}\n\n"),
                Item(
                    tenant: second, route: events.id, position: 2,
                    text: "id: 1.2\nevent: event\ndata: {\"position\" : 2, \"payload\" : {\"n\": 4}}\n\n"),
                Item(
                    tenant: first, route: plain.id, position: 3, text: "id: 1.3\nevent: event\ndata: {\"n\": 6}\n\n"),
            ])
        let heads = relay.messages().compactMap { message -> Int64? in
            if case .events(let batch) = message { batch.headPositions[first] } else { nil }
        }
        #expect(heads.last == 3)
        #expect(relay.shared.relay.eventsNumbered == 6)
    }

    @Test("tells a stream of the event that it cannot show, and nobody else; what is hidden is told to nobody")
    func failures() throws {
        let database = try EventLogDatabase("relay_failures")
        let (events, plain) = try (database.route("/relayed/events"), database.route("/relayed/plain"))
        let state = try database.route("/relayed/state", kind: .state)
        let gone = RelayRoute(id: 1_000_000, kind: .frames, eventName: nil)
        let relay = try RunningRelay(url: database.url)
        defer { relay.stop() }
        for route in [events, plain, state] { try relay.listen(route) }
        try relay.listen(gone, topics: ["relayed.other"])
        let writer = try database.connect()
        for payload in [#"{"hidden": 1}"#, #"{"failing": 1}"#, #"{"slow": 1}"#, "{}"] {
            try EventLogDatabase.publish(payload, on: writer)
        }
        try EventLogDatabase.publish("{}", topic: "relayed.other", on: writer)
        try eventually("all have come") { try relay.positions().contains(5) }
        func texts(_ route: RelayRoute) -> [Int64: String] {
            Dictionary(
                uniqueKeysWithValues: relay.items().filter { $0.route == route.id }.map { ($0.position, $0.text) })
        }
        #expect(texts(plain).keys.sorted() == [1, 2, 3, 4])
        #expect(texts(plain).values.allSatisfy { $0.hasPrefix("id: ") })
        #expect(texts(events).keys.sorted() == [2, 3, 4])
        #expect(texts(events)[2] == "failed: P0001: this one cannot be shown")
        #expect(texts(events)[3]?.contains("statement timeout") == true)
        #expect(texts(events)[4]?.hasPrefix("id: 1.4\n") == true)
        #expect(texts(state) == [1: "changed", 2: "changed", 3: "changed", 4: "changed"])
        #expect(texts(gone) == [5: "unserved"])
        let metrics = relay.shared.relay
        #expect(metrics.framesHidden == 1)
        #expect(metrics.framesFailed == 2)
        #expect(metrics.framesRendered == 5)
    }

    @Test("of every node delivers the same frames at the same positions, and one alone is the sequencer")
    func nodes() throws {
        let database = try EventLogDatabase("relay_nodes")
        let route = try database.route("/relayed/events")
        let relays = try (0..<3).map { _ in try RunningRelay(url: database.url) }
        defer { for relay in relays { relay.stop() } }
        for relay in relays { for tenant in 1...3 { try relay.listen(route, tenant: tenant) } }
        try eventually("there is a sequencer") { relays.contains(where: \.isSequencer) }
        let writers = try (0..<3).map { _ in try database.connect() }
        let count = 300
        for number in 0..<count {
            try EventLogDatabase.publish("{\"n\": \(number)}", tenant: number % 3 + 1, on: writers[number % 3])
        }
        try eventually("all have come") { relays.allSatisfy { $0.items().count == count } }
        for relay in relays {
            for tenant in 1...3 { #expect(try relay.positions(tenant: tenant) == Array(1...100)) }
            #expect(relay.items() == relays[0].items())
        }
        #expect(relays.filter(\.isSequencer).count == 1)
        #expect(relays.map(\.shared.relay.eventsNumbered).reduce(0, +) == UInt64(count))
    }

    @Test("goes on without loss when its connections are ended again and again, and another node numbers")
    func terminated() throws {
        let database = try EventLogDatabase("relay_terminated")
        let route = try database.route("/relayed/plain")
        let relays = try (0..<2).map { _ in try RunningRelay(url: database.url) }
        defer { for relay in relays { relay.stop() } }
        for relay in relays { try relay.listen(route) }
        let writer = try database.connect()
        let roundCount = 8
        let eventsPerRound = 20
        for round in 1...roundCount {
            try eventually("there is a sequencer") { relays.contains(where: \.isSequencer) }
            let both = round % 2 == 0
            let ended = try writer.rows(
                """
                SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity AS a
                WHERE a.datname = current_database() AND a.application_name = 'pgserver relay'
                  AND ($1 OR EXISTS (SELECT FROM pg_locks AS l
                                     WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted))
                """, [both ? "true" : "false"])
            #expect(ended.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0 > 0)
            for number in 0..<eventsPerRound { try EventLogDatabase.publish("{\"n\": \(number)}", on: writer) }
            let expected = Int64(round * eventsPerRound)
            try eventually("round \(round) has come") {
                try relays.allSatisfy { try $0.positions().last == expected }
            }
        }
        for relay in relays {
            #expect(try relay.positions() == Array(1...Int64(roundCount * eventsPerRound)))
            #expect(relay.shared.relay.leftOut == 0)
            #expect(relay.shared.relay.reconnects > 0)
        }
    }

    @Test("takes over from a sequencer that keeps its connection and does nothing")
    func stopped() throws {
        let database = try EventLogDatabase("relay_stopped")
        let relay = try RunningRelay(url: database.url)
        let keywords = try relay.shared.configuration.serverKeywords()
        relay.stop()
        let stopped = try RelayConnection(keywords: keywords, statementTimeout: .seconds(5), heartbeat: "stopped")
        #expect(try stopped.becomeSequencer())
        let next = try RunningRelay(url: database.url)
        defer { next.stop() }
        try next.listen(database.route("/relayed/plain"))
        try EventLogDatabase.publish("{}", on: database.connect())
        try eventually("another one numbers") { try next.positions() == [1] }
        #expect(throws: RelayConnection.Failure.self) { try stopped.isSequencerPending() }
    }

    @Test("sends every listener to history when the log begins another epoch, and goes on in that one")
    func epoch() throws {
        let database = try EventLogDatabase("relay_epoch")
        let route = try database.route("/relayed/plain")
        let relays = try (0..<2).map { _ in try RunningRelay(url: database.url) }
        defer { for relay in relays { relay.stop() } }
        for relay in relays { try relay.listen(route) }
        let writer = try database.connect()
        try EventLogDatabase.publish("{}", on: writer)
        for relay in relays { try eventually("the first has come") { try relay.positions() == [1] } }
        // As if the log had been restored here from another cluster.
        try writer.run(
            """
            UPDATE core.event_sequencer SET origin = 'elsewhere';
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'pgserver relay'
            """)
        for relay in relays {
            try eventually("events of the next epoch come") {
                try EventLogDatabase.publish("{}", on: writer)
                return relay.items().last?.text.hasPrefix("id: 2.") == true
            }
            let told = relay.messages().compactMap { message -> String? in
                switch message {
                case .events(let batch): String(batch.epoch)
                case .eventsLeftOut: "left out"
                default: nil
                }
            }
            let between = told.drop { $0 == "1" }.prefix { $0 != "2" }
            #expect(Array(between) == ["left out"])
            let ids = relay.items().map { $0.text.prefix { $0 != "\n" } }
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test("is delayed by no open transaction but for that transaction's own events")
    func openTransactions() throws {
        let database = try EventLogDatabase("relay_open")
        let route = try database.route("/relayed/plain")
        let relay = try RunningRelay(url: database.url)
        defer { relay.stop() }
        try relay.listen(route)
        let (idle, late, writer) = try (database.connect(), database.connect(), database.connect())
        try idle.run("BEGIN; SELECT pg_current_xact_id()")
        try late.run("BEGIN")
        try EventLogDatabase.publish(#"{"n": "late"}"#, on: late)
        for number in 1...3 {
            try EventLogDatabase.publish("{\"n\": \(number)}", on: writer)
            try eventually("event \(number) has come") { relay.items().count == number }
        }
        try late.run("COMMIT")
        try eventually("the late one has come") { relay.items().count == 4 }
        #expect(try relay.positions() == [1, 2, 3, 4])
        #expect(relay.items().last?.text.contains("late") == true)
        try idle.run("COMMIT")
    }

    @Test("sends a reactor that is behind to history, and hands it on what comes after")
    func behind() throws {
        let database = try EventLogDatabase("relay_behind")
        let route = try database.route("/relayed/plain")
        let relay = try RunningRelay(url: database.url, reactorCount: 2, messageCountMax: 2)
        defer { relay.stop() }
        try relay.listen(route)
        let writer = try database.connect()
        // Nobody empties the mailbox: the first batches fill it, and the rest is left out.
        let count: Int64 = 20
        for number in 1...count {
            try EventLogDatabase.publish("{\"n\": \(number)}", on: writer)
            try eventually("event \(number) was taken") { relay.shared.relay.eventsNumbered == UInt64(number) }
        }
        try eventually("the reactor is told") {
            relay.messages().contains { if case .eventsLeftOut = $0 { true } else { false } }
        }
        try EventLogDatabase.publish(#"{"n": "after"}"#, on: writer)
        try eventually("the next one has come") { try relay.positions().last == count + 1 }
        let shown = try relay.positions()
        let told = relay.messages().compactMap { message -> String? in
            switch message {
            case .events(let batch): batch.items.map { String($0.event.position) }.joined(separator: ",")
            case .eventsLeftOut: "left out"
            default: nil
            }
        }
        #expect(shown.count < count)
        #expect(shown == shown.sorted())
        #expect(told.filter { $0 == "left out" }.count == 1)
        // What is missing lies right before the word that it is.
        let before = told.prefix { $0 != "left out" }
        #expect(shown == Array(1...Int64(before.count)) + [count + 1])
        #expect(relay.shared.relay.leftOut == 1)
    }

    @Test("numbers events when nobody listens, and hands a listener what comes after its history")
    func unheard() throws {
        let database = try EventLogDatabase("relay_unheard")
        let route = try database.route("/relayed/plain")
        let relays = try (0..<2).map { _ in try RunningRelay(url: database.url) }
        defer { for relay in relays { relay.stop() } }
        let writer = try database.connect()
        for _ in 1...5 { try EventLogDatabase.publish("{}", on: writer) }
        func head() throws -> String? { try writer.rows("SELECT serial FROM api.event_head()").first?.first ?? nil }
        try eventually("they are numbered") { try head() == "5" }
        for relay in relays { try relay.listen(route) }
        #expect(relays.allSatisfy { $0.items().isEmpty })
        try EventLogDatabase.publish("{}", on: writer)
        for relay in relays { try eventually("the next has come") { try relay.positions() == [6] } }
        // A listener that leaves is rendered for no longer.
        let rendered = relays[0].shared.relay.framesRendered
        relays[0].shared.relayInterest.remove(
            StreamFilter(topics: ["relayed.thing"]), tenant: try EventLogDatabase.tenant(1), route: route, reactor: 0)
        try EventLogDatabase.publish("{}", on: writer)
        try eventually("the other has it") { try relays[1].positions() == [6, 7] }
        try eventually("the interest has gone") { relays[0].shared.relay.interestCount == 0 }
        try EventLogDatabase.publish("{}", on: writer)
        try eventually("the other has it") { try relays[1].positions() == [6, 7, 8] }
        #expect(relays[0].shared.relay.framesRendered <= rendered + 1)
    }

    @Test("survives a restart of PostgreSQL without loss, and acknowledges listeners while it is away")
    func restart() throws {
        let cluster = try OwnCluster()
        defer { cluster.remove() }
        let database = try EventLogDatabase(deployed: cluster.url)
        let route = try database.route("/relayed/plain")
        let relay = try RunningRelay(url: database.url)
        defer { relay.stop() }
        try relay.listen(route)
        for _ in 1...3 { try EventLogDatabase.publish("{}", on: database.connect()) }
        try eventually("they have come") { try relay.positions() == [1, 2, 3] }
        try cluster.stop()
        try eventually("the loss is noticed") { !relay.shared.relay.isListening }
        try relay.listen(route, tenant: 2)
        try cluster.start()
        let writer = try database.connect()
        for number in 4...8 { try EventLogDatabase.publish("{\"n\": \(number)}", on: writer) }
        try EventLogDatabase.publish("{}", tenant: 2, on: writer)
        try eventually("the others have come") { try relay.positions(tenant: 2) == [1] }
        #expect(try relay.positions() == Array(1...8))
        #expect(relay.shared.relay.isListening)
        #expect(relay.shared.relay.leftOut == 0)
    }
}

@Suite("The watch over sessions", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct SessionWatchTests {
    @Test("tells the reactors with streams of a session that is over, and only those")
    func ended() throws {
        let url = try TestCluster.createDeployedDatabase("session_watch_\(Subprocess.nextNumber())")
        let relay = try RunningRelay(url: url, reactorCount: 2)
        defer { relay.stop() }
        let connection = try BlockingConnection(conninfo: url)
        let tenant = "00000000-0000-4000-8000-000000000001"
        try connection.run(
            """
            INSERT INTO auth.tenants (tenant_id, name) VALUES ('\(tenant)', 'T');
            INSERT INTO auth.users (email, username) VALUES ('a@example.test', 'a');
            INSERT INTO auth.memberships (tenant_id, user_id, role)
            SELECT '\(tenant)', u.user_id, 'owner' FROM auth.users AS u WHERE u.username = 'a'
            """)
        func session() throws -> StreamSession {
            let rows = try connection.rows(
                """
                INSERT INTO auth.sessions (tenant_id, user_id, kind, expires_at)
                SELECT m.tenant_id, m.user_id, 'login', now() + interval '1 hour'
                FROM auth.memberships AS m WHERE m.tenant_id = '\(tenant)'
                RETURNING session_id
                """)
            guard let id = rows.first?.first.flatMap({ $0 }), let tenant = TenantID(tenant) else {
                throw TestFailure("there is no session")
            }
            return StreamSession(tenant: tenant, sessionID: id)
        }
        let (over, live) = try (session(), session())
        let sessions = relay.shared.streamSessions
        sessions.add(over, reactor: 0)
        sessions.add(live, reactor: 1)
        var watch = SessionWatch(shared: relay.shared)
        let server = try BlockingConnection(keywords: relay.shared.configuration.serverKeywords())
        try server.listen("pgserver")
        let start = ContinuousClock.now
        try watch.check(server, at: start)
        #expect(ended(relay, 0).isEmpty && ended(relay, 1).isEmpty)

        _ = try connection.rows(
            "UPDATE auth.sessions SET revoked_at = now(), reason = 'test' WHERE session_id = $1", [over.sessionID])
        #expect(try server.waitForNotification(timeout: .seconds(20))?.payload == "sessions")
        try watch.check(server, at: start + SessionWatch.requestInterval)
        #expect(ended(relay, 0).isEmpty)  // nobody asked for it, and its time has not come
        watch.request()
        try watch.check(server, at: start + SessionWatch.requestInterval)
        #expect(ended(relay, 0) == [[over]])
        #expect(ended(relay, 1).isEmpty)

        // By time alone, without a notification.
        _ = try connection.rows("UPDATE auth.sessions SET revoked_at = now(), reason = 'test'")
        try watch.check(server, at: start + SessionWatch.requestInterval + SessionWatch.interval)
        #expect(ended(relay, 1) == [[live]])
    }

    private func ended(_ relay: RunningRelay, _ reactor: Int) -> [Set<StreamSession>] {
        relay.messages(of: reactor).compactMap { if case .endedSessions(let sessions) = $0 { sessions } else { nil } }
    }
}
