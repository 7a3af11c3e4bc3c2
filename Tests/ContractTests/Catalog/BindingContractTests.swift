import Foundation
import Testing

@testable import PgServer

@Suite("A parameter", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct BindingContractTests {
    private static let shared = Result {
        let catalog = try CatalogServer("binding")
        try catalog.declare("binding", answering: "/bound/echo")
        return catalog
    }
    private let catalog: CatalogServer

    init() throws { catalog = try Self.shared.get() }

    // MARK: Kinds

    /// A parameter, the JSON it is sent as, and what PostgreSQL makes of it.
    static let bodies: [(name: String, json: String, value: String)] = [
        ("text", #""""#, ""), ("text", #""a\"\u00e9\ud83d\ude00\\\n""#, "a\"é😀\\\n"), ("text", #""1""#, "1"),
        ("int2", "-32768", "-32768"), ("int2", "32767", "32767"), ("int4", "2147483647", "2147483647"),
        ("int4", "1e3", "1000"), ("int4", "3.0", "3"), ("int8", "-9223372036854775808", "-9223372036854775808"),
        ("int8", "9007199254740993", "9007199254740993"),
        ("numeric", "123456789012345678.1234567890", "123456789012345678.1234567890"),
        ("numeric", "-0.10", "-0.10"), ("float8", "0.1", "0.1"), ("float8", "-1E-300", "-1e-300"),
        ("bool", "true", "true"), ("bool", "false", "false"),
        ("uuid", #""0AF76519-16CD-43DD-8448-EB211C80319C""#, "0af76519-16cd-43dd-8448-eb211c80319c"),
        ("date", #""2024-02-29""#, "2024-02-29"), ("at", #""2025-01-31T12:00:00+02:00""#, "2025-01-31 10:00:00+00"),
        ("at", #""2025-01-31T12:00:00.123456Z""#, "2025-01-31 12:00:00.123456+00"),
        ("json", #"{"a":[1,null,"x"]}"#, #"{"a": [1, null, "x"]}"#), ("json", "3", "3"), ("json", #""s""#, #""s""#),
        ("colour", #""dark blue""#, "dark blue"), ("percent", "0", "0"), ("percent", "100", "100"),
        ("ratio", "0.5", "0.5"), ("code", #""ab""#, "ab"), ("code", #""éééé""#, "éééé"), ("even", "4", "4"),
        ("texts", #"["a","b,c","\"","","{}",null,"NULL","\\"]"#, #"{a,"b,c","\"","","{}",NULL,"NULL","\\"}"#),
        ("texts", "[]", "{}"), ("ints", "[1,-2,3.0]", "{1,-2,3}"),
        ("uuids", #"["0af76519-16cd-43dd-8448-eb211c80319c"]"#, "{0af76519-16cd-43dd-8448-eb211c80319c}"),
        ("bytes", #""AP8Q""#, "00ff10"), ("bytes", #""""#, ""),
    ]
    @Test("of a body reaches the function as its type", arguments: bodies)
    func body(_ name: String, _ json: String, _ value: String) throws {
        let response = try catalog.anyone.post("/bound/echo", json: #"{"\#(name)":\#(json)}"#)
        #expect(response.status == 200, "\(response.text)")
        #expect(try response.json() as? [String: String] == [name: value])
    }

    static let queries: [(query: String, value: [String: String])] = [
        ("text=a+b%2Bc%C3%A9%26", ["text": "a b+cé&"]), ("text=", ["text": ""]), ("int4=-7", ["int4": "-7"]),
        ("int4=", [:]), ("int4=007", ["int4": "7"]), ("numeric=1.50", ["numeric": "1.50"]),
        ("bool=1", ["bool": "true"]),
        ("bool=False", ["bool": "false"]), ("date=2025-01-31", ["date": "2025-01-31"]),
        ("at=2025-01-31T12:00:00%2B02:00", ["at": "2025-01-31 10:00:00+00"]),
        ("json=%7B%22a%22:1%7D", ["json": #"{"a": 1}"#]),
        ("colour=dark%20blue", ["colour": "dark blue"]), ("percent=55", ["percent": "55"]),
        ("texts=a&texts=b,c&texts=d%2Ce", ["texts": #"{a,b,c,"d,e"}"#]), ("ints=1,2&ints=3", ["ints": "{1,2,3}"]),
        ("text=x&unknown=1", ["text": "x"]), ("", [:]), ("&&text=x&", ["text": "x"]),
    ]
    @Test("of a query reaches the function as its type", arguments: queries)
    func query(_ query: String, _ value: [String: String]) throws {
        let response = try catalog.anyone.get("/bound/echo?\(query)")
        #expect(response.status == 200, "\(response.text)")
        #expect(try response.json() as? [String: String] == value)
    }

    static let misfits: [(name: String, json: String, code: String)] = [
        ("text", "1", "invalid_type"), ("text", "{}", "invalid_type"), ("text", #""a\u0000""#, "malformed"),
        ("int2", "32768", "out_of_range"), ("int4", "2147483648", "out_of_range"), ("int4", "1.5", "invalid_type"),
        ("int4", #""1""#, "invalid_type"), ("int4", "true", "invalid_type"), ("int8", "1e19", "out_of_range"),
        ("numeric", #""1""#, "invalid_type"), ("float8", "1e400", "out_of_range"), ("bool", "1", "invalid_type"),
        ("bool", #""true""#, "invalid_type"), ("uuid", #""0af76519""#, "malformed"),
        ("uuid", #""{0af76519-16cd-43dd-8448-eb211c80319c}""#, "malformed"), ("date", #""2025-02-29""#, "malformed"),
        ("date", #""today""#, "malformed"), ("date", #""infinity""#, "malformed"),
        ("at", #""2025-01-31T12:00:00""#, "malformed"), ("at", #""now""#, "malformed"),
        ("colour", #""blue""#, "not_one_of"), ("colour", #""Red""#, "not_one_of"), ("percent", "-1", "out_of_range"),
        ("percent", "101", "out_of_range"), ("code", #""a""#, "too_short"), ("code", #""abcde""#, "too_long"),
        ("texts", #""a""#, "invalid_type"), ("texts", "[1]", "invalid_type"), ("ints", "[1,1.5]", "invalid_type"),
        ("uuids", #"["x"]"#, "malformed"), ("bytes", #""*""#, "malformed"),
    ]
    @Test("that is none is refused by name, before PostgreSQL is asked", arguments: misfits)
    func misfit(_ name: String, _ json: String, _ code: String) throws {
        let response = try catalog.anyone.post("/bound/echo", json: #"{"\#(name)":\#(json)}"#)
        #expect(response.status == 400, "\(response.text)")
        let fault = try #require(try (response.member("errors") as? [[String: String]])?.first, "\(response.text)")
        let field = try #require(fault["field"])
        #expect(field == name || field.hasPrefix("\(name)[") || (json.contains("u0000") && field == "body"))
        #expect(fault["code"] == code)
    }

    static let judgedBySQL: [(name: String, json: String)] = [("even", "3"), ("ratio", "1"), ("ratio", "0")]
    @Test("of a domain whose check reflection does not understand is named all the same", arguments: judgedBySQL)
    func domain(_ name: String, _ json: String) throws {
        let response = try catalog.anyone.post("/bound/echo", json: #"{"\#(name)":\#(json)}"#)
        #expect(response.status == 400, "\(response.text)")
        #expect(try (response.member("errors") as? [[String: String]])?.map { $0["field"] } == [name])
    }

    @Test("tells of all faults at once, each by its field")
    func several() throws {
        let response = try catalog.anyone.post(
            "/bound/echo", json: #"{"int4":"x","uuid":"y","percent":1000,"colour":"z","ints":[1,"a",2.5],"code":"ok"}"#)
        let faults = try #require(try response.member("errors") as? [[String: String]])
        #expect(
            faults.map { $0["field"] } == ["int4", "uuid", "colour", "percent", "ints[1]", "ints[2]"],
            "\(response.text)")
    }

    @Test("of a name that nobody knows is passed over, or refused by the route's own rule")
    func unknown() throws {
        let json = #"{"text":"a","typo":1}"#
        #expect(try catalog.anyone.post("/bound/echo", json: json).status == 200)
        let refused = try catalog.anyone.post("/bound/strict", json: json)
        #expect(refused.status == 400)
        #expect(try (refused.member("errors") as? [[String: String]])?.map { $0["field"] } == ["typo"])
        let query = try catalog.anyone.get("/bound/strict?text=a&typo=1")
        #expect(query.status == 400)
        #expect(try (query.member("errors") as? [[String: String]])?.map { $0["field"] } == ["typo"])
    }

    @Test("given twice is refused rather than guessed")
    func twice() throws {
        #expect(try catalog.anyone.post("/bound/echo", json: #"{"text":"a","text":"b"}"#).status == 400)
        #expect(try catalog.anyone.get("/bound/echo?text=a&text=b").status == 400)
    }

    // MARK: Defaults

    @Test("that is missing is refused, constant, computed or null, as its default says")
    func defaults() throws {
        let missing = try catalog.client.post("/bound/defaults", json: #"{"number":null}"#)
        #expect(missing.status == 400)
        #expect(try (missing.member("errors") as? [[String: String]])?.map { $0["field"] } == ["required"])

        let first = try catalog.client.post("/bound/defaults", json: #"{"required":"r"}"#)
        #expect(first.status == 200)
        #expect(try first.member("constant") as? String == "it's")
        #expect(try first.member("number") as? Int == 42)
        #expect(try first.member("tenant") as? String == catalog.first.tenantID)
        #expect(try first.member("nullable") == nil)
        let second = try catalog.client.post("/bound/defaults", json: #"{"required":"r","number":null}"#)
        #expect(try second.member("number") as? Int == 42)
        #expect(try first.member("computed") as? String != second.member("computed") as? String)

        let given = try catalog.client.post(
            "/bound/defaults",
            json:
                #"{"required":"r","constant":"c","number":1,"computed":"0af76519-16cd-43dd-8448-eb211c80319c","nullable":"n"}"#
        )
        #expect(try given.member("constant") as? String == "c")
        #expect(try given.member("number") as? Int == 1)
        #expect(try given.member("computed") as? String == "0af76519-16cd-43dd-8448-eb211c80319c")
        #expect(try given.member("nullable") as? String == "n")
    }

    // MARK: Sources

    @Test("comes from a header, a query, a field of another name or the server, where the route says so")
    func sources() throws {
        let response = try catalog.anyone.post(
            "/bound/sources?p=3", json: #"{"display name":"N","key":"ignored","part":9}"#,
            headers: [("idempotency-KEY", "k1")])
        #expect(response.status == 200, "\(response.text)")
        #expect(try response.member("key") as? String == "k1")
        #expect(try response.member("part") as? Int == 3)
        #expect(try response.member("name") as? String == "N")
        #expect(try (response.member("version") as? String)?.isEmpty == false)

        let missing = try catalog.anyone.post("/bound/sources", json: "{}")
        #expect(missing.status == 400)
        #expect(try (missing.member("errors") as? [[String: String]])?.map { $0["field"] } == ["idempotency-key"])
    }

    static let paths: [(target: String, members: [String: String])] = [
        ("/bound/things/plain", ["id": "plain"]), ("/bound/things/a%20b%2Fc%3A%C3%A9", ["id": "a b/c:é"]),
        ("/bound/things/a+b", ["id": "a+b"]), ("/bound/files/f/a/b%2Fc/d", ["id": "f", "rest": "a/b/c/d"]),
        ("/bound/files/f/x", ["id": "f", "rest": "x"]),
    ]
    @Test("of the path is decoded, once", arguments: paths)
    func path(_ target: String, _ members: [String: String]) throws {
        let response = try catalog.anyone.get(target)
        #expect(response.status == 200, "\(response.text)")
        for (name, value) in members { #expect(try response.member(name) as? String == value) }
    }

    @Test("of the path ends before a colon verb")
    func colonVerb() throws {
        let run = try catalog.anyone.post("/bound/things/p%3A1:run", json: "{}")
        #expect(try run.member("ran") as? String == "p:1", "\(run.status) \(run.text)")
        #expect(try catalog.anyone.post("/bound/things/p", json: "{}").status == 405)
        #expect(try catalog.anyone.get("/bound/things/p:walk").member("id") as? String == "p:walk")
    }

    @Test("of the path is checked like any other", arguments: ["x", "1.5", "99999999999", "%20", "%FF"])
    func pathFault(_ segment: String) throws {
        let response = try catalog.anyone.get("/bound/numbers/\(segment)")
        #expect(response.status == 400)
        #expect(
            try (response.member("errors") as? [[String: String]])?.map { $0["field"] } == ["id"], "\(response.text)")
    }

    @Test("may be the whole body: JSON of any kind, text, bytes")
    func wholeBody() throws {
        for json in [#"{"a":1}"#, "[1,2]", #""s""#, "7", "true"] {
            let response = try catalog.anyone.post("/bound/json", json: json)
            #expect(response.status == 200, "\(response.text)")
            #expect(response.text.filter { $0 != " " } == #"{"got":\#(json)}"#)
        }
        #expect(try catalog.anyone.post("/bound/json", json: "{").status == 400)
        #expect(try catalog.anyone.post("/bound/json", json: "").status == 400)

        func post(_ target: String, _ body: String) throws -> HTTPResponse {
            let headers = [("Content-Type", "application/octet-stream"), ("Content-Length", String(body.utf8.count))]
            return try catalog.anyone.send("POST", target, headers: headers, body: body)
        }
        #expect(try post("/bound/text", "héllo {").member("got") as? String == "héllo {")
        #expect(try post("/bound/bytes", "\u{0}é").member("got") as? String == "00c3a9")
        #expect(try post("/bound/text", "a\u{0}b").status == 400)
    }
}
