import Testing

@Suite("A connection", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct PipeliningTests {
    private func get(_ target: String, _ fields: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n"
    }

    private func post(_ target: String, _ json: String) -> String {
        "POST \(target) HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n"
            + json
    }

    @Test("serves one request after another")
    func keepAlive() throws {
        let connection = try RawConnection(port: Probe.server().port)
        for text in ["a", "b", "c"] {
            try connection.send(get("/probe/echo?text=\(text)"))
            let response = try connection.response()
            #expect(response.status == 200)
            #expect(response.header("Connection") == nil)
            #expect(try response.member("text") as? String == text)
        }
    }

    @Test("ends after the request that says so, and takes nothing behind it (RFC 9112 §9.6)")
    func close() throws {
        let name = "close \(Probe.unique())"
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(
            get("/probe/echo?text=a", "Connection: close\r\n") + post("/probe/marks", "{\"name\":\"\(name)\"}"))
        let response = try connection.response()
        #expect(response.status == 200)
        #expect(response.header("Connection") == "close")
        #expect(try connection.bytesUntilClosed().isEmpty)
        #expect(try Probe.markCount(name) == 0)
    }

    @Test("ends after a request of HTTP/1.0")
    func http10() throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send("GET /probe/echo?text=a HTTP/1.0\r\n\r\n")
        let response = try connection.response()
        #expect(response.status == 200)
        #expect(response.header("Connection") == "close")
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test("answers in the order of the requests, although later ones are done first (RFC 9112 §9.3.2)")
    func order() throws {
        let name = "order \(Probe.unique())"
        let gate = try Gate()
        let connection = try RawConnection(port: Probe.server().port)
        let marks = (1...5).map { _ in post("/probe/marks", "{\"name\":\"\(name)\"}") }
        try connection.send(get("/probe/wait?key=\(gate.key)&name=first") + marks.joined() + get("/nowhere"))
        try eventually("the later requests are done") { try Probe.markCount(name) == 5 && gate.waiterCount() == 1 }
        try gate.open()
        #expect(try connection.response().member("name") as? String == "first")
        for _ in 1...5 { #expect(try connection.response().status == 201) }
        #expect(try connection.response().status == 404)
    }

    @Test("takes no more requests than the pipeline's depth before the first is answered, and all of them after it")
    func depth() throws {
        let server = try Probe.start(["PGSERVER_HTTP_PIPELINE_MAX": "4"])
        defer { server.stop() }
        let name = "depth \(Probe.unique())"
        let gate = try Gate()
        let connection = try RawConnection(port: server.port)
        let marks = (1...10).map { _ in post("/probe/marks", "{\"name\":\"\(name)\"}") }
        try connection.send(get("/probe/wait?key=\(gate.key)&name=first") + marks.joined())
        try eventually("the pipeline is full") { try Probe.markCount(name) >= 3 && gate.waiterCount() == 1 }
        // Over the server's one fast connection this request comes behind whatever was taken before it.
        #expect(try HTTPClient(port: server.port).get("/probe/echo?text=a").status == 200)
        #expect(try Probe.markCount(name) == 3)
        try gate.open()
        #expect(try connection.response().status == 200)
        for _ in 1...10 { #expect(try connection.response().status == 201) }
        #expect(try Probe.markCount(name) == 10)
    }

    @Test("takes a request that comes in single bytes")
    func singleBytes() throws {
        let connection = try RawConnection(port: Probe.server().port)
        for byte in post("/probe/bytes", "{\"a\":1}").utf8 { try connection.send([byte]) }
        #expect(try connection.response().member("length") as? Int == 7)
    }

    @Test("delivers what was answered to a client that has finished sending")
    func halfClosed() throws {
        let count = 24 << 20  // more than the sockets' buffers hold, so that the answer is under way when the end comes
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(get("/probe/large?count=\(count)"))
        try connection.waitForBytes()
        connection.finishSending()
        #expect(try connection.response().body.count == count)
        #expect(try connection.bytesUntilClosed().isEmpty)
    }
}
