import Testing

@Suite("A method", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct MethodTests {
    @Test(
        "HEAD is answered as GET is, without the body (RFC 9110 §9.3.2)", arguments: ["/probe/echo?text=a", "/nowhere"])
    func head(_ target: String) throws {
        let client = HTTPClient(port: try Probe.server().port)
        let (get, head) = try (client.get(target), client.send("HEAD", target))
        #expect(head.status == get.status)
        #expect(head.body.isEmpty && !get.body.isEmpty)
        let ownNames: Set = ["Date", "X-Request-Id"]
        let fields = { (response: HTTPResponse) in
            response.headers.filter { !ownNames.contains($0.name) }.map { "\($0.name): \($0.value)" }
        }
        #expect(fields(head) == fields(get))
        #expect(head.header("Content-Length") == String(get.body.count))
    }

    @Test("that is not the path's own is refused with those that are", arguments: RefusalShape.all)
    func notAllowed(_ contract: RefusalShape) throws {
        let response = try HTTPClient(port: Probe.server().port).send("DELETE", contract.path)
        try contract.expect(response, 405)
        #expect(response.header("Allow") == "POST, OPTIONS")
    }

    @Test("OPTIONS tells what a path answers to")
    func options() throws {
        let client = HTTPClient(port: try Probe.server().port)
        let response = try client.send("OPTIONS", "/probe/bytes")
        #expect(response.status == 204)
        #expect(response.header("Allow") == "POST, PUT, DELETE, OPTIONS")
        #expect(try client.send("OPTIONS", "/probe/echo").header("Allow") == "GET, HEAD, OPTIONS")
        #expect(try client.send("OPTIONS", "*").status == 204)
        #expect(try client.send("OPTIONS", "/nowhere").status == 404)
    }

    @Test("that nobody knows is refused as not implemented (RFC 9110 §9.1)", arguments: ["BREW", "get", "TRACE"])
    func unknown(_ method: String) throws {
        #expect(try HTTPClient(port: Probe.server().port).send(method, "/probe/echo").status == 501)
    }

    @Test("on a path that is nobody's is answered 404 in the words of the longest prefix", arguments: RefusalShape.all)
    func notFound(_ contract: RefusalShape) throws {
        try contract.expect(HTTPClient(port: Probe.server().port).get(contract.path + "/nowhere"), 404)
    }
}

@Suite("A conditional request", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct ConditionalRequestTests {
    private func client() throws -> HTTPClient { HTTPClient(port: try Probe.server().port) }

    private func tag(_ target: String) throws -> String { try client().get(target).header("ETag") ?? "" }

    @Test("is answered 304 without a body while the resource is what the tag names (RFC 9110 §13.1.2)")
    func notModified() throws {
        let tag = try tag("/probe/echo?text=a")
        #expect(tag.contains(/^W\/"[0-9a-f]+"$/))
        let strong = tag.dropFirst(2)
        for list in [tag, "*", String(strong), "\"other\", \(tag)", "W/\"x\",\(tag) , \"y\""] {
            for method in ["GET", "HEAD"] {
                let response = try client().send(method, "/probe/echo?text=a", headers: [("If-None-Match", list)])
                #expect(response.status == 304, "\(method) \(list)")
                #expect(response.body.isEmpty)
                #expect(response.header("ETag") == tag)
                #expect(response.header("Content-Length") == nil)
            }
        }
    }

    @Test("is answered in full once it is another one, or if the list cannot be read")
    func modified() throws {
        let tag = try tag("/probe/echo?text=a")
        for list in [try self.tag("/probe/echo?text=b"), "\"\"", "", "nonsense", String(tag.dropLast()), "\"*\""] {
            let response = try client().get("/probe/echo?text=a", headers: [("If-None-Match", list)])
            #expect(response.status == 200, "\(list)")
            #expect(try response.member("text") as? String == "a")
        }
    }

    @Test("keeps the connection in step: the next answer comes right behind a 304")
    func framing() throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send("GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\r\n")
        try connection.send("GET /probe/echo?text=b HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try connection.response().status == 304)
        #expect(try connection.response().member("text") as? String == "b")
    }

    @Test("has no meaning for a write")
    func write() throws {
        let response = try client().post(
            "/probe/marks", json: "{\"name\":\"conditional\"}", headers: [("If-None-Match", "*")])
        #expect(response.status == 201)
        #expect(response.header("ETag") == nil)
    }

    @Test("is not asked of an error")
    func error() throws {
        #expect(try client().get("/nowhere", headers: [("If-None-Match", "*")]).status == 404)
    }
}
