import Testing

@testable import PgServer

@Suite("A file of AutonomOS", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct FileTests {
    private struct Source {
        let account: Account
        let connection: String

        init() throws {
            account = try Account(on: AutonomosServer.shared())
            connection = try account.connection(ofType: "filesource")
        }

        var path: String { "/api/v1/aam/connections/\(connection)" }

        func send(
            _ body: String, query: String, type: String = "text/csv", method: String = "POST",
            to target: String = "/files",
            headers: [(String, String)] = []
        ) throws -> HTTPResponse {
            try account.client.send(
                method, "\(path)\(target)\(query)",
                headers: [("Content-Type", type), ("Content-Length", String(body.utf8.count))] + headers, body: body)
        }

        /// The file once nothing more is done with it.
        func loaded(_ id: String) throws -> HTTPResponse {
            var response = HTTPResponse(status: 0, headers: [], body: [])
            try eventually("the file is loaded") {
                response = try account.client.get("\(path)/files/\(id)")
                return try ["loaded", "failed"].contains(response.string("status"))
            }
            return response
        }

        func rows(_ relation: String) throws -> [[String?]] {
            try account.server.sql(
                """
                SELECT r.row_no, r.source_row FROM data.source_rows AS r
                JOIN data.source_relations AS s USING (tenant_id, connection_id, relation, generation)
                WHERE r.tenant_id = $1::uuid AND r.relation = $2 ORDER BY r.row_no
                """, [account.tenantID, relation])
        }
    }

    private static let keys: Set<String> = [
        "file_id", "connection_id", "relation", "name", "media_type", "mode", "size_bytes", "sha256", "status",
        "progress",
        "format", "encoding", "delimiter", "columns", "rows", "bad_lines", "error", "created_at", "finished_at",
    ]

    @Test("is answered with what was received, becomes rows, and tells of the lines that did not")
    func loaded() throws {
        let source = try Source()
        let content = "id;name\n1;Zoë\n2\n3;\"x;\ny\"\n"
        let accepted = try source.send(content, query: "?filename=people.csv")
        #expect(accepted.status == 202, "\(accepted.text)")
        #expect(try accepted.names() == ["file_id", "relation", "size_bytes", "sha256", "job_id", "status"])
        #expect(try accepted.string("relation") == "people")
        #expect(try accepted.string("status") == "queued")
        #expect(try accepted.integer("size_bytes") == content.utf8.count)
        let id = try accepted.string("file_id")
        #expect(try accepted.string("job_id") == "job-\(id)")

        let file = try source.loaded(id)
        #expect(try file.names() == Self.keys)
        #expect(try file.string("status") == "loaded", "\(file.text)")
        #expect(try file.string("encoding") == "utf-8")
        #expect(try file.string("delimiter") == ";")
        #expect(try file.member("columns") as? [String] == ["id", "name"])
        #expect(try file.integer("rows") == 2)
        #expect(try file.integer("bad_lines") == 1)
        #expect(
            try source.rows("people").map { $0[1] } == [
                #"{"id": "1", "name": "Zoë"}"#, #"{"id": "3", "name": "x;\ny"}"#,
            ])

        let bad = try source.account.client.get("\(source.path)/files/\(id)/bad-lines")
        #expect(try bad.integer("total") == 1)
        let lines = try #require(try bad.member("items") as? [[String: Any]])
        #expect(lines.first?["line_no"] as? Int == 3)
        #expect(lines.first?["reason"] as? String == "The line has 1 fields, the header 2.")
        #expect(lines.first?["line"] as? String == "2")

        let list = try source.account.client.get("\(source.path)/files?limit=1")
        #expect(try list.integer("total") == 1)
        #expect(try list.integer("limit") == 1)
        #expect(try list.member("has_more") as? Bool == false)
        let items = try #require(try list.member("items") as? [[String: Any]])
        #expect(items.first?["file_id"] as? String == id)
        #expect(
            try source.account.server.sqlValue(
                "SELECT status FROM data.connections WHERE connection_id = $1::uuid", [source.connection]) == "ACTIVE")
    }

    @Test("is called what Content-Disposition says, and is added to what is there if it asks for that")
    func appended() throws {
        let source = try Source()
        let name = [("Content-Disposition", "attachment; filename=\"events.ndjson\"")]
        for (number, mode) in [(1, "replace"), (2, "append")] {
            let accepted = try source.send(
                "{\"n\": \(number)}\n", query: "?mode=\(mode)", type: "application/octet-stream", headers: name)
            #expect(try accepted.string("relation") == "events")
            let file = try source.loaded(try accepted.string("file_id"))
            #expect(try file.string("format") == "ndjson")
        }
        #expect(try source.rows("events") == [["1", #"{"n": 1}"#], ["2", #"{"n": 2}"#]])
    }

    @Test("that is no such file is said to have failed, and why")
    func failed() throws {
        let source = try Source()
        let accepted = try source.send("[{\"a\": 1}, ", query: "?relation=broken", type: "application/json")
        let file = try source.loaded(try accepted.string("file_id"))
        #expect(try file.string("status") == "failed")
        #expect(try file.string("error.code") == "malformed_json")
        #expect(try source.rows("broken").isEmpty)
    }

    @Test("may come in parts, in any order, and is seen when it is complete")
    func parts() throws {
        let source = try Source()
        let begun = try source.account.client.post(
            "\(source.path)/uploads", json: #"{"relation": "parts", "filename": "parts.csv", "size": 12}"#)
        #expect(begun.status == 201, "\(begun.text)")
        let upload = "/uploads/\(try begun.string("upload_id"))"
        #expect(try source.account.client.get("\(source.path)/files").integer("total") == 0)

        #expect(try source.send("3,4\n", query: "", method: "PUT", to: "\(upload)/parts/2").status == 200)
        let early = try source.account.client.post("\(source.path)\(upload)/complete", json: "{}")
        #expect(early.status == 409)
        #expect(try early.string("detail") == "Part 1 is missing.")
        let part = try source.send("a,b\n1,2\n", query: "", method: "PUT", to: "\(upload)/parts/1")
        #expect(try part.integer("part_no") == 1)
        #expect(try part.integer("size_bytes") == 8)
        let received = try source.account.client.get("\(source.path)\(upload)")
        #expect(try received.integer("received_bytes") == 12)
        #expect(try (received.member("parts") as? [[String: Any]])?.compactMap { $0["part_no"] as? Int } == [1, 2])

        let complete = try source.account.client.post("\(source.path)\(upload)/complete", json: "{}")
        #expect(complete.status == 202, "\(complete.text)")
        #expect(try source.loaded(try complete.string("file_id")).integer("rows") == 2)
        #expect(try source.account.client.get("\(source.path)\(upload)").status == 404)

        let second = try source.account.client.post("\(source.path)/uploads", json: #"{"relation": "other"}"#)
        let path = "\(source.path)/uploads/\(try second.string("upload_id"))"
        #expect(try source.account.client.send("DELETE", path).status == 204)
        #expect(try source.account.client.get(path).status == 404)
        #expect(try source.account.client.send("DELETE", path).status == 404)
    }

    @Test("is refused with the field that is wrong, and where no file is taken")
    func refused() throws {
        let source = try Source()
        for (query, type, field) in [
            ("", "text/csv", "relation"), ("?relation=a&mode=merge", "text/csv", "mode"),
            ("?relation=a", "image/png", "content-type"),
        ] {
            let refusal = try source.send("a\n1\n", query: query, type: type)
            #expect(refusal.status == 400)
            #expect(try (refusal.member("errors") as? [[String: Any]])?.first?["field"] as? String == field)
        }
        #expect(try source.send("", query: "?relation=a").status == 400)
        let other = try source.account.connection(ofType: "salesforce", named: "other")
        let wrong = try source.account.client.send(
            "POST", "/api/v1/aam/connections/\(other)/files?relation=a", headers: [("Content-Length", "2")], body: "a\n"
        )
        #expect(wrong.status == 409)
        let size = try source.account.client.post("\(source.path)/uploads", json: #"{"relation": "a", "size": 0}"#)
        #expect(size.status == 400)
    }

    @Test("of another tenant is not there")
    func neighbour() throws {
        let source = try Source()
        let id = try source.send("a\n1\n", query: "?relation=a").string("file_id")
        let stranger = try Account(on: AutonomosServer.shared()).client
        for target in ["/files", "/files/\(id)", "/files/\(id)/bad-lines", "/cursor?relation=a"] {
            #expect(try stranger.get(source.path + target).status == 404)
        }
        let sent = try stranger.send(
            "POST", "\(source.path)/files?relation=a", headers: [("Content-Length", "2")], body: "a\n")
        #expect(sent.status == 404)
    }

    @Test("is not taken while AAM is switched off")
    func switchedOff() throws {
        let server = try IdentityServer.fresh(environment: ["AAM_MODELS_AVAILABLE": "false"])
        defer { server.stop() }
        let account = try Account(on: server)
        let path = "/api/v1/aam/connections/\(try account.connection(ofType: "filesource"))"
        let refusal = try account.client.send(
            "POST", "\(path)/files?relation=a", headers: [("Content-Length", "2")], body: "a\n")
        #expect(refusal.status == 503)
        #expect(try refusal.string("detail") == "AAM models not configured")
        for target in ["/files", "/cursor?relation=a"] { #expect(try account.client.get(path + target).status == 503) }
        #expect(try account.client.post("\(path)/records", json: #"{"relation": "a", "cursor": "1"}"#).status == 503)
    }
}
