import Testing

@testable import PgServer

@Suite("A batch of pushed records", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct PushTests {
    private struct Extractor {
        let account: Account
        let path: String

        init() throws {
            account = try Account(on: IdentityServer.shared())
            path = "/api/v1/aam/connections/\(try account.connection(ofType: "salesforce"))"
        }

        func push(_ members: String) throws -> HTTPResponse {
            try account.client.post("\(path)/records", json: "{\"relation\": \"Account\", \(members)}")
        }
    }

    @Test("is answered with what became of it, and moves the cursor")
    func taken() throws {
        let extractor = try Extractor()
        let before = try extractor.account.client.get("\(extractor.path)/cursor?relation=Account")
        #expect(before.status == 200)
        #expect(try before.member("cursor") == nil)
        let first = try extractor.push(
            #""key_field": "Id", "cursor": "1", "records": [{"Id": "a", "Name": "Ada"}, {"Id": "b"}, 7]"#)
        #expect(
            first.text.replacing(" ", with: "")
                == #"{"relation":"Account","cursor":"1","accepted":2,"updated":0,"deleted":0,"rejected":[{"index":2,"reason":"Arecordisanobject."}]}"#
        )
        let second = try extractor.push(
            #""cursor": "2", "previous_cursor": "1", "records": [{"Id": "a", "Name": "Eve"}], "deleted_keys": ["b"]"#)
        #expect(try second.integer("accepted") == 1)
        #expect(try second.integer("updated") == 1)
        #expect(try second.integer("deleted") == 1)
        let after = try extractor.account.client.get("\(extractor.path)/cursor?relation=Account")
        #expect(try after.string("cursor") == "2")
        #expect(try after.string("key_field") == "Id")
        #expect(try after.integer("records") == 1)
    }

    @Test("has one effect, however often and by how many it is sent at once")
    func once() throws {
        let extractor = try Extractor()
        let batch = #""key_field": "Id", "cursor": "1", "records": [{"Id": 1}, {"Id": 2}]"#
        let body = "{\"relation\": \"Account\", \(batch)}"
        let connections = try (0..<8).map { _ in try RawConnection(port: extractor.account.server.port) }
        for connection in connections {
            try connection.send(
                """
                POST \(extractor.path)/records HTTP/1.1\r
                Host: h\r
                X-Forwarded-For: \(extractor.account.address)\r
                Authorization: Bearer \(extractor.account.token)\r
                Content-Type: application/json\r
                Content-Length: \(body.utf8.count)\r
                \r
                \(body)
                """)
        }
        let answers = try connections.map { try $0.response(to: "POST") }
        #expect(Set(answers.map(\.status)) == [200])
        #expect(Set(answers.map(\.text)).count == 1)
        #expect(try extractor.account.client.get("\(extractor.path)/cursor?relation=Account").integer("records") == 2)
        let other = try extractor.push(#""cursor": "1", "records": []"#)
        #expect(other.status == 409)
        #expect(try other.string("detail") == "Another batch has been sent under this cursor.")
    }

    @Test("that is not behind the last one is refused, and hears which that is")
    func mismatch() throws {
        let extractor = try Extractor()
        #expect(try extractor.push(#""key_field": "Id", "cursor": "7""#).status == 200)
        let refusal = try extractor.push(#""cursor": "8", "previous_cursor": "6""#)
        #expect(refusal.status == 409)
        #expect(try refusal.string("detail") == "The last cursor is \"7\".")
    }

    @Test("is refused with the field that is wrong, and where nothing is pushed")
    func refused() throws {
        let extractor = try Extractor()
        for (members, field) in [
            (#""cursor": "1""#, "key_field"), (#""key_field": "Id""#, "cursor"),
            (#""key_field": "Id", "cursor": "1", "records": {}"#, "records"),
            (#""key_field": "Id", "cursor": "1", "deleted_keys": [{}]"#, "deleted_keys"),
        ] {
            let refusal = try extractor.push(members)
            #expect(refusal.status == 400)
            #expect(try (refusal.member("errors") as? [[String: Any]])?.first?["field"] as? String == field)
        }
        let database = try extractor.account.connection(ofType: "postgres", named: "database", status: "ACTIVE")
        let wrong = try extractor.account.client.post(
            "/api/v1/aam/connections/\(database)/records", json: #"{"relation": "r", "cursor": "1", "key_field": "Id"}"#
        )
        #expect(wrong.status == 409)
        let unknown = "/api/v1/aam/connections/00000000-0000-4000-8000-000000000000"
        #expect(
            try extractor.account.client.post("\(unknown)/records", json: #"{"relation": "r", "cursor": "1"}"#).status
                == 404)
    }
}
