import Testing

@testable import PgServer

@Suite("The metrics", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct MetricsTests {
    /// The text exposition format, version 0.0.4, read strictly.
    struct Page {
        struct Sample: Hashable {
            var name: String
            var labels: [String: String]
        }

        var types: [String: String] = [:]
        var values: [Sample: Double] = [:]

        init(_ text: String) throws {
            var family = ""
            #expect(text.hasSuffix("\n"))
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                if let help = line.wholeMatch(of: /# HELP ([a-z_][a-z0-9_]*) (.+)/) {
                    family = String(help.1)
                    #expect(types[family] == nil, "\(family) stands twice")
                } else if let type = line.wholeMatch(of: /# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram)/) {
                    #expect(String(type.1) == family)
                    types[family] = String(type.2)
                } else {
                    let sample = try #require(
                        line.wholeMatch(of: /([a-z_][a-z0-9_]*)(?:\{(.*)\})? (-?[0-9.]+)/), "\(line)")
                    let name = String(sample.1)
                    let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                    #expect(suffixes.contains { family + $0 == name }, "\(name) stands outside its family")
                    let key = Sample(name: name, labels: try Self.labels(sample.2 ?? ""))
                    #expect(values[key] == nil, "\(line) stands twice")
                    values[key] = Double(String(sample.3))
                    #expect(values[key] != nil)
                }
            }
        }

        private static func labels(_ text: Substring) throws -> [String: String] {
            var labels: [String: String] = [:]
            var rest = text
            while !rest.isEmpty {
                let label = try #require(rest.prefixMatch(of: /([a-z_]+)="((?:[^"\\]|\\[\\"n])*)",?/), "\(text)")
                labels[String(label.1)] = String(label.2)
                rest = rest[label.range.upperBound...]
            }
            return labels
        }

        subscript(_ name: String, _ labels: [String: String] = [:]) -> Double? {
            values[Sample(name: name, labels: labels)]
        }
    }

    private func page(_ server: RunningServer) throws -> Page {
        let response = try HTTPClient(port: server.port).get("/metrics")
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        return try Page(response.text)
    }

    @Test("count what was done, by route and status")
    func counts() throws {
        let server = try Probe.start(["PGSERVER_REACTORS": "2"])
        defer { server.stop() }
        let client = HTTPClient(port: server.port)
        for _ in 1...3 { _ = try client.get("/probe/echo?text=a") }
        for _ in 1...2 { _ = try client.get("/probe/echo") }
        for _ in 1...4 { _ = try client.get("/nowhere") }
        let malformed = try RawConnection(port: server.port)
        try malformed.send("nonsense\r\n\r\n")
        _ = try malformed.bytesUntilClosed()

        let page = try page(server)
        let echo = ["method": "GET", "route": "/probe/echo"]
        #expect(page["http_requests_total", echo.merging(["status": "200"]) { $1 }] == 3)
        #expect(page["http_requests_total", echo.merging(["status": "400"]) { $1 }] == 2)
        #expect(page["http_requests_total", ["method": "", "route": "", "status": "404"]] == 4)
        #expect(page["http_requests_malformed_total"] == 1)
        #expect(page["http_request_duration_seconds_count", echo] == 5)
        #expect((page["http_response_body_bytes_total", echo] ?? 0) > 0)
        #expect((page["pgserver_transactions_total", ["class": "fast"]] ?? 0) >= 3)
        #expect(page["pgserver_reactors"] == 2)
        #expect(page["pgserver_catalog_is_current"] == 1)
        #expect((page["http_connections_accepted_total"] ?? 0) >= 11)
        #expect((page["http_connections_open"] ?? 0) >= 1)
        #expect(page["pgserver_build_info", ["version": version]] == 1)
        for state in ["ready", "connecting", "down"] {
            #expect(page["pgserver_pool_connections", ["class": "slow", "state": state]] != nil)
        }
    }

    @Test("have histograms whose buckets add up")
    func histograms() throws {
        let server = try Probe.server()
        _ = try HTTPClient(port: server.port).get("/probe/echo?text=a")
        let page = try page(server)
        let name = "http_request_duration_seconds"
        let counts = page.values.filter { $0.key.name == name + "_count" }
        #expect(!counts.isEmpty)
        for (sample, count) in counts {
            let buckets = page.values.filter { other in
                other.key.name == name + "_bucket"
                    && other.key.labels.filter { $0.key != "le" } == sample.labels
            }.map { (bound: $0.key.labels["le"].map { Double($0) ?? .infinity } ?? -1, value: $0.value) }
                .sorted { $0.bound < $1.bound }
            #expect(buckets.count == 14)
            #expect(buckets.map(\.value) == buckets.map(\.value).sorted(), "cumulative")
            #expect(buckets.last?.bound == .infinity)
            #expect(buckets.last?.value == count)
            #expect(page[name + "_sum", sample.labels] != nil)
        }
    }

    @Test("tell of a client that left before its answer")
    func gone() throws {
        let server = try Probe.start()
        defer { server.stop() }
        let gate = try Gate()
        do {
            let connection = try RawConnection(port: server.port)
            try connection.send("GET /probe/wait?key=\(gate.key)&name=a HTTP/1.1\r\nHost: h\r\n\r\n")
            try eventually("the request runs") { try gate.waiterCount() == 1 }
        }
        try eventually("it is counted") { try page(server)["http_clients_gone_total"] == 1 }
        try eventually("its query is cancelled") {
            try page(server)["pgserver_cancels_total", ["class": "slow"]] == 1
        }
        let status = ["method": "GET", "route": "/probe/wait", "status": "499"]
        #expect(try page(server)["http_requests_total", status] == 1)
    }
}
