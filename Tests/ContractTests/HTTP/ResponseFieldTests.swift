import Testing

@Suite("Header fields from SQL", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct ResponseFieldTests {
    /// What the route `/probe/reply` answers when it is told these fields.
    private func reply(_ fields: String, status: Int = 200, type: String = "application/json") throws -> HTTPResponse {
        let encode = { (text: String) in
            text.utf8.map { byte in
                let digits = String(byte, radix: 16)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }.joined()
        }
        return try HTTPClient(port: Probe.server().port).get(
            "/probe/reply?status=\(status)&fields=\(encode(fields))&type=\(encode(type))")
    }

    @Test("are written as SQL has them, one for each element of an array")
    func written() throws {
        let response = try reply(#"{"X-One":"a","X-Number":5,"Set-Cookie":["a=1","b=2"],"X-None":null}"#, status: 202)
        #expect(response.status == 202)
        #expect(response.header("X-One") == "a")
        #expect(response.header("X-Number") == "5")
        #expect(response.headers.filter { $0.name == "Set-Cookie" }.map(\.value) == ["a=1", "b=2"])
        #expect(response.header("X-None") == nil)
    }

    @Test(
        "that would split or frame the response are refused, and nothing of them reaches the client (RFC 9112 §11.1)",
        arguments: [
            #"{"X-A":"a\r\nX-Injected: 1"}"#, #"{"X-A":"a\nX-Injected: 1"}"#, #"{"X-A":"a\rb"}"#,
            #"{"X-A":"a\r\n\r\nHTTP/1.1 200 OK"}"#, #"{"X-A\r\nX-Injected":"a"}"#, #"{"X A":"a"}"#, #"{"":"a"}"#,
            #"{"X-A:":"a"}"#, #"{"Content-Length":"0"}"#, #"{"transfer-encoding":"chunked"}"#,
            #"{"Connection":"close"}"#, #"{"X-A":["a","b\r\nX-Injected: 1"]}"#, #"{"X-A":{"b":1}}"#, #"["X-A"]"#,
            "{" + (1...33).map { "\"X-\($0)\":\"a\"" }.joined(separator: ",") + "}",
        ])
    func refused(_ fields: String) throws {
        let response = try reply(fields)
        #expect(response.status == 500)
        #expect(!response.headers.contains { $0.name.hasPrefix("X-Injected") || $0.name.hasPrefix("X-A") })
        #expect(response.headers.filter { $0.name == "Content-Length" }.count == 1)
        #expect(try response.member("status_code") as? Int == 500)
    }

    @Test("are refused for a content type that would split the response too")
    func contentType() throws {
        let response = try reply("{}", type: "text/plain\r\nX-Injected: 1")
        #expect(response.status == 500)
        #expect(response.header("X-Injected") == nil)
    }

    @Test("are told to the log, by the request's id")
    func logged() throws {
        let response = try reply(#"{"X-A":"a\r\nX-Injected: 1"}"#)
        let id = try #require(response.header("X-Request-Id"))
        let server = try Probe.server()
        try eventually("the refusal is logged") {
            Subprocess.read(server.log).split(separator: "\n").contains {
                $0.contains(id) && $0.contains("a response header from SQL was refused")
            }
        }
    }

    @Test("do not matter for a status that is none", arguments: [99, 100, 101, 600, 0, -1])
    func status(_ status: Int) throws {
        #expect(try reply("{}", status: status).status == 500)
    }
}
