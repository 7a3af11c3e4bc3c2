import Testing

@testable import PgServer

/// Against the one route that streams its body: the files of AutonomOS. No worker loads them here.
@Suite("A body that is streamed", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct StreamedUploadTests {
    private struct Sender {
        let account: Account
        let connection: String
        let raw: RawConnection

        init(on server: RunningServer) throws {
            account = try Account(on: server)
            connection = try account.connection(ofType: "filesource")
            raw = try RawConnection(port: server.port)
        }

        func head(_ fields: String, relation: String = "r", to connection: String? = nil) -> String {
            """
            POST /api/v1/aam/connections/\(connection ?? self.connection)/files?relation=\(relation) HTTP/1.1\r
            Host: h\r
            X-Forwarded-For: \(account.address)\r
            Authorization: Bearer \(account.token)\r
            \(fields)\r
            \r

            """
        }

        /// Another request on the same connection, which is answered only if the body ended where it should.
        var next: String {
            """
            GET /api/v1/auth/me HTTP/1.1\r
            Host: h\r
            X-Forwarded-For: \(account.address)\r
            Authorization: Bearer \(account.token)\r
            \r

            """
        }

        /// The files that were received whole.
        func files() throws -> [[String?]] {
            try account.server.sql(
                """
                SELECT f.size_bytes, encode(f.sha256, 'hex'),
                    (SELECT encode(sha256(string_agg(c.chunk, '' ORDER BY c.chunk_no)), 'hex')
                     FROM core.file_chunks AS c WHERE c.tenant_id = f.tenant_id AND c.file_id = f.file_id),
                    (SELECT string_agg(length(c.chunk)::text, ',' ORDER BY c.chunk_no)
                     FROM core.file_chunks AS c WHERE c.tenant_id = f.tenant_id AND c.file_id = f.file_id)
                FROM core.files AS f WHERE f.tenant_id = $1::uuid AND f.status = 'complete' ORDER BY f.created_at
                """, [account.tenantID])
        }

        func expectAccepted(_ bytes: [UInt8], chunks: String) throws {
            let response = try raw.response(to: "POST")
            #expect(response.status == 202, "\(response.text)")
            let hex = Digest.sha256.hash(bytes.span).map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
            #expect(try response.string("sha256") == hex)
            #expect(try response.integer("size_bytes") == bytes.count)
            #expect(try raw.response().status == 200)
            #expect(try files().last == [String(bytes.count), hex, hex, chunks])
        }
    }

    /// No two of its pieces are alike.
    private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 9) } }

    @Test("is kept in pieces of 1 MiB, and its digest is told", arguments: [1, 1 << 20, 1 << 20 + 1, 2_500_000])
    func kept(_ count: Int) throws {
        let sender = try Sender(on: IdentityServer.shared())
        let body = bytes(count)
        try sender.raw.send(Array(sender.head("Content-Length: \(count)").utf8) + body + Array(sender.next.utf8))
        var sizes = Array(repeating: "1048576", count: count >> 20)
        if count % (1 << 20) > 0 { sizes.append(String(count % (1 << 20))) }
        try sender.expectAccepted(body, chunks: sizes.joined(separator: ","))
    }

    @Test("may come in chunks, and byte by byte")
    func chunked() throws {
        let sender = try Sender(on: IdentityServer.shared())
        let framed = "5;x=y\r\na,b\n1\r\n3\r\n,2\n\r\n0\r\nTrailer: t\r\n\r\n"
        let text = sender.head("Transfer-Encoding: chunked") + framed + sender.next
        for byte in text.utf8 { try sender.raw.send([byte]) }
        try sender.expectAccepted(Array("a,b\n1,2\n".utf8), chunks: "8")
    }

    @Test("is asked for only when its function wants it (RFC 9110 §10.1.1)")
    func expectation() throws {
        let sender = try Sender(on: IdentityServer.shared())
        try sender.raw.send(sender.head("Content-Length: 4\r\nExpect: 100-continue"))
        #expect(try sender.raw.response().status == 100)
        try sender.raw.send("a\n1\n" + sender.next)
        try sender.expectAccepted(Array("a\n1\n".utf8), chunks: "4")

        let unknown = "00000000-0000-4000-8000-000000000000"
        try sender.raw.send(sender.head("Content-Length: 4\r\nExpect: 100-continue", to: unknown))
        let refusal = try sender.raw.response()
        #expect(refusal.status == 404)
        #expect(refusal.header("connection") == "close")
    }

    @Test("has a length: 411 without one, 413 with one over the limit")
    func framing() throws {
        let sender = try Sender(on: IdentityServer.shared())
        try sender.raw.send(sender.head("X-A: b"))
        #expect(try sender.raw.response().status == 411)
        try sender.raw.send(sender.head("Content-Length: 2147483648"))
        let refusal = try sender.raw.response()
        #expect(refusal.status == 413)
        #expect(refusal.header("connection") == "close")
        #expect(try sender.files().isEmpty)
    }

    @Test("leaves nothing that can be seen if it ends early or its chunks are broken")
    func aborted() throws {
        let sender = try Sender(on: IdentityServer.shared())
        try sender.raw.send(sender.head("Transfer-Encoding: chunked") + "3\r\na,b\r\nnonsense\r\n")
        #expect(try sender.raw.response().status == 400)
        do {
            let connection = try RawConnection(port: sender.account.server.port)
            try connection.send(Array(sender.head("Content-Length: 3000000").utf8) + bytes(2_500_000))
            try eventually("a piece is in") {
                try sender.account.server.sqlValue(
                    "SELECT count(*) > 0 FROM core.file_chunks WHERE tenant_id = $1::uuid", [sender.account.tenantID])
                    == "t"
            }
        }
        #expect(try sender.files().isEmpty)
        #expect(
            try sender.account.client.get("/api/v1/aam/connections/\(sender.connection)/files").integer("total") == 0)
    }

    @Test("goes on when the database has cut all connections between two pieces")
    func survivesLoss() throws {
        let server = try IdentityServer.fresh()
        defer { server.stop() }
        let sender = try Sender(on: server)
        let body = bytes(3_000_000)
        try sender.raw.send(Array(sender.head("Content-Length: \(body.count)").utf8) + body[..<1_500_000])
        try eventually("a piece is in") { try server.sqlValue("SELECT count(*) FROM core.file_chunks") == "1" }
        try server.sql(
            """
            SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity AS a
            WHERE a.datname = current_database() AND a.usename = 'pgserver'
            """)
        try sender.raw.send(Array(body[1_500_000...]) + Array(sender.next.utf8))
        try sender.expectAccepted(body, chunks: "1048576,1048576,902848")
    }

    @Test("is taken to its end by a server that stops")
    func drains() throws {
        let server = try IdentityServer.fresh()
        let sender = try Sender(on: server)
        let body = bytes(2_000_000)
        try sender.raw.send(Array(sender.head("Content-Length: \(body.count)").utf8) + body[..<1_500_000])
        try eventually("a piece is in") { try server.sqlValue("SELECT count(*) FROM core.file_chunks") == "1" }
        server.beginStopping()
        try eventually("nobody else is served") { (try? RawConnection(port: server.port)) == nil }
        try sender.raw.send(Array(body[1_500_000...]))
        let response = try sender.raw.response(to: "POST")
        #expect(response.status == 202)
        #expect(try response.integer("size_bytes") == body.count)
        #expect(response.header("connection") == "close")
        server.stop()
    }
}
