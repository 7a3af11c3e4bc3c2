import Foundation
import Testing

@testable import PgServer

@Suite("The description of the server", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct OpenAPITests {
    private static let shared = Result {
        let catalog = try CatalogServer("openapi")
        for (fixture, target) in [
            ("peer", "/accounts"), ("dialects", "/runs/sample/one"), ("binding", "/bound/echo"),
            ("replies", "/reply/plain?name=x"), ("reload", "/live/changing"),
        ] { try catalog.declare(fixture, answering: target) }
        return catalog
    }
    private let catalog: CatalogServer
    private let document: [String: Any]

    init() throws {
        catalog = try Self.shared.get()
        let response = try catalog.anyone.get("/openapi.json")
        document = try response.json() as? [String: Any] ?? [:]
    }

    @Test("is an OpenAPI 3.1 document of the whole catalog, and of nothing else")
    func complete() throws {
        #expect((document["openapi"] as? String)?.hasPrefix("3.1.") == true)
        let info = try #require(document["info"] as? [String: Any])
        #expect(info["title"] is String && info["version"] is String)

        let rows = try BlockingConnection(conninfo: catalog.server.databaseURL).rows(
            "SELECT lower(method) || ' ' || regexp_replace(path, '\\{[^}]*\\}', '{}', 'g') FROM api.routes ORDER BY 1")
        let described = operations.map { "\($0.method) \($0.path.replacing(/\{[^}]*\}/, with: "{}"))" }
        #expect(described.sorted() == rows.compactMap { $0.first ?? nil }.sorted())
    }

    @Test("gives every operation a name of its own, a summary, a tag and answers for good and bad")
    func operationMembers() {
        var names: Set<String> = []
        for (method, path, operation) in operations {
            let place = "\(method) \(path)"
            let name = operation["operationId"] as? String ?? ""
            #expect(!name.isEmpty && names.insert(name).inserted, "\(place): \(name)")
            #expect((operation["summary"] as? String)?.isEmpty == false, "\(place)")
            #expect((operation["tags"] as? [String])?.isEmpty == false, "\(place)")
            let responses = operation["responses"] as? [String: Any] ?? [:]
            #expect(responses.keys.contains { $0.hasPrefix("2") || $0 == "101" }, "\(place)")
            #expect(responses["default"] != nil, "\(place)")
            #expect(responses.keys.allSatisfy { $0 == "default" || (100...599).contains(Int($0) ?? 0) }, "\(place)")
        }
    }

    @Test("declares every parameter of a path, as required")
    func pathParameters() {
        for (method, path, operation) in operations {
            let wanted = Set(path.matches(of: /\{([^}]+)\}/).map { String($0.output.1) })
            let parameters = operation["parameters"] as? [[String: Any]] ?? []
            let inPath = parameters.filter { $0["in"] as? String == "path" }
            #expect(Set(inPath.compactMap { $0["name"] as? String }) == wanted, "\(method) \(path)")
            #expect(inPath.allSatisfy { $0["required"] as? Bool == true }, "\(method) \(path)")
        }
    }

    @Test("refers only to what it holds")
    func references() throws {
        var references: Set<String> = []
        collectReferences(document, into: &references)
        #expect(!references.isEmpty)
        for reference in references {
            var value: Any? = document
            for step in try #require(reference.hasPrefix("#/") ? reference.dropFirst(2) : nil).split(separator: "/") {
                let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
                value = (value as? [String: Any])?[String(name)]
            }
            #expect(value != nil, "\(reference)")
        }
    }

    @Test("shows the types and bounds of parameters, as reflection found them")
    func reflection() throws {
        let post = try #require(operation("post", "/bound/echo"))
        let properties = try #require(
            dig(post, "requestBody", "content", "application/json", "schema", "properties") as? [String: [String: Any]])
        #expect(dig(properties["percent"], "minimum") as? Int == 0)
        #expect(dig(properties["percent"], "maximum") as? Int == 100)
        #expect(dig(properties["code"], "minLength") as? Int == 2)
        #expect(dig(properties["code"], "maxLength") as? Int == 4)
        #expect(dig(properties["uuid"], "format") as? String == "uuid")
        #expect(
            (dig(properties["colour"], "enum") as? [Any])?.compactMap { $0 as? String } == [
                "red", "green", "dark blue",
            ])

        let strict = try #require(operation("post", "/bound/strict"))
        let schema = dig(strict, "requestBody", "content", "application/json", "schema") as? [String: Any]
        #expect(schema?["additionalProperties"] as? Bool == false)

        let list = try #require(operation("get", "/accounts"))
        let limit = (list["parameters"] as? [[String: Any]])?.first { $0["name"] as? String == "limit" }
        #expect(dig(limit, "schema", "maximum") as? Int == 100)
        #expect(dig(limit, "schema", "default") as? Int == 20)
        #expect((list["security"] as? [[String: Any]])?.contains { $0["bearer"] != nil } == true)
        #expect((operation("get", "/bound/echo")?["security"] as? [Any])?.isEmpty == true)
    }

    @Test("has an entity tag, which spares a client that has it the document")
    func entityTag() throws {
        let first = try catalog.anyone.get("/openapi.json")
        let tag = try #require(first.header("ETag"))
        #expect(first.header("Content-Type") == "application/json")
        for value in [tag, "\"other\", \(tag)", "*", "W/\(tag)"] {
            let again = try catalog.anyone.get("/openapi.json", headers: [("If-None-Match", value)])
            #expect(again.status == 304, "\(value)")
            #expect(again.header("ETag") == tag)
        }
        let other = try catalog.anyone.get("/openapi.json", headers: [("If-None-Match", "\"other\"")])
        #expect(other.status == 200 && other.body == first.body)
        let head = try catalog.anyone.send("HEAD", "/openapi.json")
        #expect(head.status == 200 && head.header("ETag") == tag && head.body.isEmpty)
    }

    @Test("is what the commands print")
    func commands() throws {
        let environment = ["PGSERVER_DATABASE_URL": catalog.server.databaseURL]
        let printed = try Subprocess.run(Subprocess.server, ["openapi"], environment: environment)
        #expect(printed.status == 0)
        #expect(printed.text == (try catalog.anyone.get("/openapi.json")).text + "\n")

        let table = try Subprocess.run(Subprocess.server, ["routes"], environment: environment)
        #expect(table.status == 0)
        let listed = table.text.split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: " ")
            return "\(cells[0].lowercased()) \(cells[1].replacing(/\{[^}]*\}/, with: "{}"))"
        }
        let described = operations.map { "\($0.method) \($0.path.replacing(/\{[^}]*\}/, with: "{}"))" }
        #expect(listed.sorted() == described.sorted())
    }

    @Test(
        "satisfies the specification's own schema", .enabled(if: validator != nil, "openapi-spec-validator is absent"))
    func secondOpinion() throws {
        let path = "\(try TestCluster.stateDirectory())/openapi-\(Subprocess.nextNumber()).json"
        try Data(try catalog.anyone.get("/openapi.json").body).write(to: URL(fileURLWithPath: path))
        let output = try Subprocess.run(try #require(Self.validator), ["-m", "openapi_spec_validator", path])
        #expect(output.status == 0, "\(output.text)")
    }

    /// A Python that has the validator: an optional second opinion, which `Tests/prove/schemathesis.sh` installs.
    private static let validator = [Project.root + "/.build-prove/venv/bin/python3", "python3"].first { python in
        (try? Subprocess.run(python, ["-c", "import openapi_spec_validator"]))?.status == 0
    }

    // MARK: Helpers

    private var operations: [(method: String, path: String, operation: [String: Any])] {
        (document["paths"] as? [String: [String: Any]] ?? [:]).flatMap { path, item in
            item.compactMap { method, operation in
                (operation as? [String: Any]).map { (method, path, $0) }
            }
        }
    }

    private func operation(_ method: String, _ path: String) -> [String: Any]? {
        operations.first { $0.method == method && $0.path == path }?.operation
    }

    private func dig(_ value: Any?, _ steps: String...) -> Any? {
        steps.reduce(value) { ($0 as? [String: Any])?[$1] }
    }

    private func collectReferences(_ value: Any, into references: inout Set<String>) {
        if let object = value as? [String: Any] {
            if let reference = object["$ref"] as? String { references.insert(reference) }
            for member in object.values { collectReferences(member, into: &references) }
        } else if let array = value as? [Any] {
            for element in array { collectReferences(element, into: &references) }
        }
    }
}
