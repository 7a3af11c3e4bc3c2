import Foundation
import Testing

@Suite("The log", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct LogTests {
    /// Runs requests against a server of their own, stops it, and reads what it has logged of them.
    private func lines(
        _ environment: [String: String] = [:], _ requests: (HTTPClient) throws -> Void
    ) throws -> (json: [[String: Any]], text: String) {
        let server = try Probe.start(environment)
        do { try requests(HTTPClient(port: server.port)) } catch {
            server.stop()
            throw error
        }
        #expect(server.stop() == 0)
        let text = Subprocess.read(server.log)
        let json = try text.split(separator: "\n").filter { $0.hasPrefix("{") }.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
        return (json, text)
    }

    @Test("has one JSON line for each request, with what is needed to find it again")
    func line() throws {
        let id = "0123abcd-4567-4890-abcd-ef0123456789"
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let log = try lines { client in
            let response = try client.get(
                "/probe/echo?text=a", headers: [("X-Request-Id", id), ("traceparent", traceparent)])
            #expect(response.header("X-Request-Id") == id)
        }
        let found = log.json.filter { $0["request_id"] as? String == id }
        let line = try #require(found.first)
        #expect(found.count == 1)
        #expect(line["level"] as? String == "info")
        #expect(line["message"] as? String == "request")
        #expect(line["method"] as? String == "GET")
        #expect(line["route"] as? String == "GET /probe/echo")
        #expect(line["path"] as? String == "/probe/echo")
        #expect(line["status"] as? Int == 200)
        #expect((line["bytes"] as? Int ?? 0) > 0)
        #expect((line["duration_ms"] as? Double ?? -1) >= 0)
        #expect(line["address"] as? String == "127.0.0.1")
        #expect(line["traceparent"] as? String == traceparent)
        #expect((line["time"] as? String)?.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) == true)
    }

    @Test("and PostgreSQL get the request's id and traceparent, well-formed ones only")
    func context() throws {
        let client = HTTPClient(port: try Probe.server().port)
        let id = "0123abcd-4567-4890-abcd-ef0123456789"
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let good = try client.get("/probe/context", headers: [("X-Request-Id", id), ("traceparent", traceparent)])
        #expect(try good.member("request_id") as? String == id)
        #expect(try good.member("traceparent") as? String == traceparent)
        #expect(try good.member("route") as? String == "GET /probe/context")
        let bad = try client.get(
            "/probe/context", headers: [("X-Request-Id", "\"},{\""), ("traceparent", traceparent + "-\"}")])
        #expect((try bad.member("request_id") as? String)?.contains(/^[0-9a-f-]{36}$/) == true)
        #expect(try bad.member("traceparent") == nil)
    }

    @Test("holds no query, no credential, no body, and no value that a failing statement had")
    func secrets() throws {
        let secrets = ["query5ecret", "bearer5ecret", "key5ecret", "body5ecret", "value5ecret", "cookie5ecret"]
        let log = try lines { client in
            _ = try client.get("/probe/echo?text=\(secrets[0])")
            _ = try client.get("/probe/private", headers: [("Authorization", "Bearer \(secrets[1])")])
            _ = try client.get("/probe/private", headers: [("X-API-Key", secrets[2]), ("Cookie", secrets[5])])
            _ = try client.post("/probe/marks", json: "{\"name\":\"\(secrets[3])\"}")
            _ = try client.post("/probe/marks", json: "{\"nothing\":\"\(secrets[3])\"}")
            #expect(try client.get("/probe/broken?secret=\(secrets[4])").status == 500)
        }
        #expect(log.json.count >= 6)
        for secret in secrets { #expect(!log.text.contains(secret)) }
    }

    @Test("tells why PostgreSQL failed, to the operator and not to the client")
    func failure() throws {
        var body = ""
        let log = try lines { body = try $0.get("/probe/broken?secret=a").text }
        #expect(!body.contains("probe.nothing"))
        let told = log.json.filter {
            ($0["message"] as? String)?.contains("relation \"probe.nothing\" does not exist") == true
        }
        #expect(told.count == 1)
        let request = log.json.filter { $0["route"] as? String == "GET /probe/broken" }
        #expect(request.first?["request_id"] as? String == told.first?["request_id"] as? String)
        #expect(request.first?["level"] as? String == "error")
        #expect(request.first?["error"] as? String == "internal")
    }

    @Test("is thinned out evenly if only a sample is wanted, but for what failed on our side")
    func sample() throws {
        let log = try lines(["PGSERVER_LOG_SAMPLE": "0.25"]) { client in
            let connection = try RawConnection(port: client.port)
            for _ in 1...40 {
                try connection.send("GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try connection.response().status == 200)
            }
            for _ in 1...5 { #expect(try client.get("/probe/broken?secret=a").status == 500) }
        }
        #expect(log.json.filter { $0["route"] as? String == "GET /probe/echo" }.count == 10)
        #expect(log.json.filter { $0["route"] as? String == "GET /probe/broken" }.count == 5)
    }

    @Test("is silent about requests if it is off")
    func off() throws {
        let log = try lines(["PGSERVER_LOG": "off"]) { _ = try $0.get("/probe/echo?text=a") }
        #expect(log.json.isEmpty)
        #expect(log.text.contains("serving on"))
    }

    @Test("shows a path as one line of JSON, whatever is in it")
    func path() throws {
        let log = try lines { _ = try $0.get("/nowhere/%22%0d%0a%7B'\\") }
        #expect(log.json.contains { ($0["path"] as? String)?.hasPrefix("/nowhere/") == true })
    }
}
