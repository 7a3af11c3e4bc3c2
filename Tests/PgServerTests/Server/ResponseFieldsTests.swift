import Testing

@testable import PgServer

@Suite("Response fields")
struct ResponseFieldsTests {
    private func fields(_ json: String) throws -> [String] {
        var fields = ResponseFields()
        try fields.append(json: Array(json.utf8))
        return fields.indices.map {
            String(decoding: fields.name($0), as: UTF8.self) + ": " + String(decoding: fields.value($0), as: UTF8.self)
        }
    }

    @Test(
        "are the members of a JSON object",
        arguments: [
            ("{}", []), (#"{"A":"b","C":1.5,"D":true}"#, ["A: b", "C: 1.5", "D: true"]),
            (#"{"A":["b","c"],"D":null}"#, ["A: b", "A: c"]), (#"{"A":"\u00e9\n"}"#, ["A: é\n"]),
        ])
    func members(_ json: String, _ expected: [String]) throws {
        #expect(try fields(json) == expected)
    }

    @Test("are refused if they are anything else", arguments: ["[]", "1", "{", "", #"{"A":{}}"#, #"{"A":[[1]]}"#])
    func refused(_ json: String) {
        #expect(throws: Problem(.internal)) { try fields(json) }
    }

    @Test("have a bound")
    func bound() throws {
        let json = { (count: Int) in "{" + (0..<count).map { "\"A\($0)\":\"\"" }.joined(separator: ",") + "}" }
        #expect(try fields(json(ResponseFields.countMax)).count == ResponseFields.countMax)
        #expect(throws: Problem.self) { try fields(json(ResponseFields.countMax + 1)) }
    }

    @Test("are found whatever the case of their names, and ours give way to theirs")
    func found() throws {
        var fields = ResponseFields()
        try fields.append(json: Array(#"{"cAcHe-Control":"public"}"#.utf8))
        fields.append("Cache-Control", "no-store")
        #expect(fields.indices.count == 1)
        #expect(fields.value(of: "cache-control") == Array("public".utf8))
        #expect(!fields.contains("etag"))
    }
}

@Suite("A request id that comes with the request")
struct RequestIDParsingTests {
    private func parse(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { bytes in
            RequestID(parsing: bytes[...]).map { id in
                var out: [UInt8] = []
                id.appendUUID(to: &out)
                return String(decoding: out, as: UTF8.self)
            }
        }
    }

    @Test("is taken if it is a UUID, in either form and case")
    func taken() {
        let id = "0123abcd-4567-4890-abcd-ef0123456789"
        for text in [id, id.uppercased(), id.replacing("-", with: "")] { #expect(parse(text) == id) }
    }

    @Test(
        "is not taken otherwise",
        arguments: [
            "", "1", "0123abcd-4567-4890-abcd-ef012345678", "0123abcd-4567-4890-abcd-ef01234567890",
            "0123abcd+4567-4890-abcd-ef0123456789", "g123abcd-4567-4890-abcd-ef0123456789",
            "0123abcd45674890abcdef012345678\"", "0123abcd-45674890-abcd--ef0123456789",
        ])
    func refused(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test("is taken from the middle of a buffer too")
    func middle() {
        let bytes = Array("X: 0123abcd45674890abcdef0123456789\r\n".utf8)
        bytes.withUnsafeBytes { #expect(RequestID(parsing: $0[3..<35]) != nil) }
    }
}

@Suite("Another origin's page")
struct CrossOriginTests {
    private func configuration(_ origins: [String], credentials: Bool = false) -> CrossOrigin? {
        var configuration = Configuration.CrossOrigin()
        configuration.origins = origins
        configuration.allowsCredentials = credentials
        return CrossOrigin(configuration)
    }

    private func allowed(_ crossOrigin: CrossOrigin?, _ origin: String) -> String? {
        crossOrigin?.allowed(Array(origin.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("may call if its origin is named, byte for byte")
    func named() {
        let crossOrigin = configuration(["https://a.example", "http://b.example:8080"])
        #expect(allowed(crossOrigin, "https://a.example") == "https://a.example")
        #expect(allowed(crossOrigin, "http://b.example:8080") == "http://b.example:8080")
        for origin in [
            "", "null", "https://A.example", "http://a.example", "https://a.example:443", "https://a.exampl",
        ] {
            #expect(allowed(crossOrigin, origin) == nil)
        }
    }

    @Test("may call if all may, but not with its credentials")
    func any() {
        #expect(allowed(configuration(["*"]), "https://a.example") == "*")
        #expect(allowed(configuration(["*"]), "") == nil)
        #expect(allowed(configuration(["*"], credentials: true), "https://a.example") == nil)
    }

    @Test("may not call unless there is a configuration")
    func none() { #expect(configuration([]) == nil) }
}
