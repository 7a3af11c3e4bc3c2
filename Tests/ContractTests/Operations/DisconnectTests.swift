import Testing

@Suite("A client that leaves", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct DisconnectTests {
    private func wait(_ gate: Gate) -> String {
        "GET /probe/wait?key=\(gate.key)&name=a HTTP/1.1\r\nHost: h\r\n\r\n"
    }

    @Test("has its query cancelled")
    func cancelled() throws {
        let gate = try Gate()
        do {
            let connection = try RawConnection(port: Probe.server().port)
            try connection.send(wait(gate))
            try eventually("the query runs") { try gate.waiterCount() == 1 }
        }
        try eventually("the query is gone") { try gate.waiterCount() == 0 }
    }

    @Test("has its query cancelled too while its pipeline is full and nothing of it is read")
    func cancelledOverDepth() throws {
        let server = try Probe.start(["PGSERVER_HTTP_PIPELINE_MAX": "1"])
        defer { server.stop() }
        let gate = try Gate()
        do {
            let connection = try RawConnection(port: server.port)
            try connection.send(wait(gate) + wait(gate) + wait(gate))
            try eventually("the first query runs") { try gate.waiterCount() == 1 }
        }
        try eventually("no query is left") { try gate.waiterCount() == 0 }
    }

    @Test("leaves the queue before its turn comes")
    func queued() throws {
        let server = try Probe.start(["PGSERVER_POOL_SLOW": "1", "PGSERVER_QUEUE_TIMEOUT": "60s"])
        defer { server.stop() }
        let gate = try Gate()
        let (first, last) = try (RawConnection(port: server.port), RawConnection(port: server.port))
        try first.send(wait(gate))
        try eventually("the only slow connection is taken") { try gate.waiterCount() == 1 }
        let name = "queued \(Probe.unique())"
        do {
            let leaver = try RawConnection(port: server.port)
            try leaver.send(
                "POST /probe/slow-marks HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(name.utf8.count + 11)\r\n\r\n{\"name\":\"\(name)\"}")
            try eventually("it waits") { try waitingCount(server) == 1 }
        }
        try eventually("it waits no more") { try waitingCount(server) == 0 }
        try last.send(wait(gate))
        try gate.open()
        #expect(try first.response().status == 200)
        #expect(try last.response().status == 200)
        #expect(try Probe.markCount(name) == 0)
    }

    private func waitingCount(_ server: RunningServer) throws -> Int {
        let text = try HTTPClient(port: server.port).get("/metrics").text
        return text.firstMatch(of: /pgserver_pool_waiting\{class="slow"\} (\d+)/).flatMap { Int($0.1) } ?? -1
    }

    /// Numbers that are the same in every run.
    private struct Sequence {
        var state: UInt64 = 1
        mutating func next(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    @Test("does no harm to those whose requests share its connection to PostgreSQL")
    func neighbours() throws {
        let server = try Probe.start()  // one fast connection: everybody is in the same pipeline
        defer { server.stop() }
        let stayers = try (0..<4).map { _ in try RawConnection(port: server.port) }
        var numbers = Sequence()
        var sentCount = 0
        for round in 0..<40 {
            var leavers: [RawConnection] = []
            for index in 0..<10 {
                let leaver = try RawConnection(port: server.port)
                let milliseconds = [0, 0, 5, 200][numbers.next(below: 4)]
                let request =
                    "GET /probe/pause?seconds=0.\(String(1000 + milliseconds).dropFirst())&name=leaver HTTP/1.1\r\n"
                    + "Host: h\r\n\r\n"
                // Some leave within their request, some right behind it, some while it runs.
                let cut = numbers.next(below: 4) == 0 ? numbers.next(below: request.utf8.count) : request.utf8.count
                try leaver.send(Array(request.utf8.prefix(cut)))
                if index % 2 == 0 { leavers.append(leaver) }
                let stayer = stayers[numbers.next(below: stayers.count)]
                sentCount += 1
                try stayer.send(
                    "GET /probe/echo?text=\(round).\(index) HTTP/1.1\r\nHost: h\r\n\r\n")
                let response = try answer(of: stayer, leaving: &leavers)
                #expect(response.status == 200)
                #expect(try response.member("text") as? String == "\(round).\(index)")
            }
        }
        #expect(sentCount == 400)
        // And nothing of theirs is left behind.
        try eventually("only the asker is connected") {
            let text = try HTTPClient(port: server.port).get("/metrics").text
            return text.contains("\nhttp_connections_open \(stayers.count + 1)\n")
                && text.contains("pgserver_pool_in_flight{class=\"fast\"} 0")
        }
    }

    /// Lets everybody leave while the stayer waits for its answer.
    private func answer(of stayer: RawConnection, leaving leavers: inout [RawConnection]) throws -> HTTPResponse {
        leavers.removeAll()
        return try stayer.response()
    }
}
