import Foundation
import Testing

@testable import PgServer

@Suite(
    "The catalog of a server that serves", .serialized,
    .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct ReloadTests {
    private static let shared = Result {
        let catalog = try CatalogServer("reload")
        try catalog.declare("reload", answering: "/live/changing")
        return catalog
    }
    private let catalog: CatalogServer

    init() throws { catalog = try Self.shared.get() }

    // MARK: Changes under load

    private static func get(_ target: String, _ texts: Set<String>, or status: Int? = nil) -> Load.Probe {
        Load.Probe(request: "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") { response in
            response.status == status || (response.status == 200 && texts.contains(response.text))
        }
    }

    private static let addedEntry = "POST /live/entries HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"

    /// What each endpoint may answer: as it was declared before a change or after it, and never anything else.
    private static let probes = [
        get("/live/steady/1", [#"{"n" : 1}"#]),
        get("/live/changing", [#"{"version" : 1}"#, #"{"version" : 2}"#]),
        get("/live/signed?a=1&b=2", [#"{"a" : 1}"#, #"{"b" : 2}"#]),
        get(
            "/live/typed",
            [#"{"version" : 1}"#, #"{"version":2}"#, "version 3", #"{"items":[4],"total":1,"limit":1,"offset":0}"#]),
        get("/live/gone", ["{}"], or: 404),
        get("/live/added", ["{}"], or: 404),
        Load.Probe(request: addedEntry + "Content-Length: 24\r\n\r\n" + #"{"name":"x","title":"y"}"#) { response in
            response.status == 201 && [#"{"version" : 1}"#, #"{"version":2}"#].contains(response.text)
        },
        Load.Probe(
            request: addedEntry
                + "Transfer-Encoding: chunked\r\n\r\nc\r\n{\"name\":\"x\",\r\nc\r\n\"title\":\"y\"}\r\n0\r\n\r\n"
        ) { response in
            response.status == 201 && [#"{"version" : 1}"#, #"{"version":2}"#].contains(response.text)
        },
        get("/live/steady/2", [#"{"n" : 2}"#]),
    ]

    /// A function of the fixture, declared anew. It is dropped first, so that anything of it may differ.
    private static func redeclare(
        _ name: String, dropping old: String = "", _ parameters: String = "", returns: String, _ body: String,
        volatility: String = "STABLE PARALLEL SAFE"
    ) -> String {
        """
        DROP FUNCTION IF EXISTS live.\(name)(\(old));
        CREATE FUNCTION live.\(name)(\(parameters)) RETURNS \(returns) LANGUAGE plpgsql
        \(volatility) SECURITY INVOKER AS $$ BEGIN \(body) END; $$;
        COMMENT ON FUNCTION live.\(name) IS 'Was changed.';
        GRANT EXECUTE ON FUNCTION live.\(name) TO anon, member;
        """
    }

    private static let migrations = [
        // A body, and a route more.
        redeclare("changing", returns: "json", "RETURN json_build_object('version', 2);")
            + redeclare("added", returns: "json", "RETURN '{}';")
            + "SELECT api.route('GET /live/added', 'live.added', auth => 'none');",
        // Parameters.
        redeclare(
            "signed", dropping: "integer", "b integer", returns: "json", "RETURN json_build_object('b', signed.b);"),
        // Results, one after another.
        redeclare(
            "typed", returns: "api.reply",
            "RETURN ROW (200, NULL, 'application/json', '{\"version\":2}', NULL, NULL)::api.reply;"),
        redeclare("typed", returns: "text", "RETURN 'version 3';"),
        redeclare("typed", returns: "api.page", "RETURN ROW ('[4]', 1, 1)::api.page;"),
        redeclare("typed", returns: "json", "RETURN json_build_object('version', 1);"),
        // Parameters and result of a function that writes.
        redeclare(
            "add", dropping: "text", "title text", returns: "api.reply",
            """
            INSERT INTO live.entries (name) VALUES (add.title);
            RETURN ROW (201, NULL, 'application/json', '{"version":2}', NULL, NULL)::api.reply;
            """, volatility: "VOLATILE PARALLEL UNSAFE"),
        // A route less.
        "DELETE FROM api.routes WHERE path = '/live/gone'; DROP FUNCTION live.gone();",
    ]

    @Test("changes without a failed request, and each answer is that of one declaration")
    func changes() throws {
        let load = Load(port: catalog.server.port, connectionCount: 4, probes: Self.probes)
        load.start()
        do {
            try load.waitForRound()
            for migration in Self.migrations {
                try catalog.run("SET LOCAL ROLE pgserver_owner; \(migration); SELECT api.publish()")
                try load.waitForRound()
            }
            try catalog.waitUntil("the last change is served") { try catalog.anyone.get("/live/gone").status == 404 }
            try load.waitForRound()
        } catch {
            Issue.record(error)
        }
        let outcome = load.stop()
        #expect(outcome.faults.isEmpty, "\(outcome.faults.count): \(Set(outcome.faults).prefix(5))")
        let addedCount = outcome.successes.filter { $0.key.hasPrefix("POST") }.values.reduce(0, +)
        #expect(
            try catalog.value("SELECT count(*) FROM live.entries") == String(addedCount), "each write happened once")

        #expect(try catalog.anyone.get("/live/changing").text == #"{"version" : 2}"#)
        #expect(try catalog.anyone.get("/live/signed?b=3").text == #"{"b" : 3}"#)
        #expect(try catalog.anyone.get("/live/signed?a=3").status == 400)
        #expect(try catalog.anyone.get("/live/added").status == 200)
        #expect(try catalog.anyone.get("/live/gone").status == 404)
    }

    // MARK: Refusals

    static let breakages: [(fault: String, repair: String)] = [
        (
            "SELECT api.route('GET /live/broken', 'live.nowhere', auth => 'none')",
            "DELETE FROM api.routes WHERE path = '/live/broken'"
        ),
        (
            "UPDATE api.dialects SET error_template = replace(error_template, '${message}', '${nonsense}') WHERE dialect = 'autopack'",
            "UPDATE api.dialects SET error_template = replace(error_template, '${nonsense}', '${message}') WHERE dialect = 'autopack'"
        ),
        (
            "UPDATE api.dialects SET success_template = '[[body:${body}' WHERE dialect = 'autopack'",
            "UPDATE api.dialects SET success_template = '${body}' WHERE dialect = 'autopack'"
        ),
        (
            "UPDATE api.routes SET permission = 'no.such', auth = 'required' WHERE path = '/live/changing'",
            "UPDATE api.routes SET permission = NULL, auth = 'none' WHERE path = '/live/changing'"
        ),
    ]

    @Test(
        "is refused where it is broken: the old one stays, health and metrics say so until it is mended",
        arguments: breakages)
    func refused(_ fault: String, _ repair: String) throws {
        #expect(throws: PostgresError.self) {
            try catalog.run("SET LOCAL ROLE pgserver_owner; \(fault); SELECT api.publish()")
        }
        #expect(try state() == "healthy 1")

        let refusedBefore = try metric("pgserver_catalog_refused_total")
        try catalog.run("\(fault); NOTIFY pgserver, 'catalog'")
        try catalog.waitUntil("the fault is told") { try state() == "degraded 0" }
        #expect(try metric("pgserver_catalog_refused_total") > refusedBefore)
        let generation = try metric("pgserver_catalog_generation")
        #expect(try catalog.anyone.get("/live/changing").status == 200)
        #expect(try catalog.anyone.get("/live/steady/1").text == #"{"n" : 1}"#)
        #expect(try catalog.anyone.get("/live/broken").status == 404)
        #expect(try catalog.anyone.get("/runs/none").member("detail") as? String == "Not found.")

        try catalog.run("\(repair); NOTIFY pgserver, 'catalog'")
        try catalog.waitUntil("the repair is told") { try state() == "healthy 1" }
        #expect(try metric("pgserver_catalog_generation") > generation)
        #expect(try catalog.anyone.get("/live/changing").status == 200)
    }

    /// What health says of the catalog, and what the metrics say.
    private func state() throws -> String {
        let health = try catalog.anyone.get("/api/health/detailed")
        let status = try health.member("dependencies.catalog.status") as? String ?? ""
        return "\(status) \(try metric("pgserver_catalog_is_current"))"
    }

    private func metric(_ name: String) throws -> Int {
        let text = try catalog.anyone.get("/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        guard let value = line?.split(separator: " ").last.flatMap({ Int($0) }) else {
            throw TestFailure("there is no metric \(name)")
        }
        return value
    }
}
