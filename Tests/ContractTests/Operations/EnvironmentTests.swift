import Testing

@Suite("A start", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct EnvironmentTests {
    private func serve(_ variables: [String: String]) throws -> Subprocess.Output {
        var environment = [
            "PGSERVER_DATABASE_URL": try Probe.server().databaseURL, "PGSERVER_PORT": "1",
            "PGSERVER_LOGIN_PASSWORD": TestCluster.serverPassword,
        ]
        environment.merge(variables) { $1 }
        return try Subprocess.run(Subprocess.server, ["serve"], environment: environment)
    }

    @Test(
        "is refused for a value that is not what its variable expects, with a sentence that names it",
        arguments: [
            ("PGSERVER_PORT", "http"), ("PGSERVER_PORT", "0"), ("PGSERVER_PORT", "65536"), ("PGSERVER_PORT", ""),
            ("PGSERVER_HOST", "localhost"), ("PGSERVER_REACTORS", "0"), ("PGSERVER_POOL_FAST", "-1"),
            ("PGSERVER_STATEMENT_TIMEOUT", "5"), ("PGSERVER_STATEMENT_TIMEOUT", "0ms"),
            ("PGSERVER_SHUTDOWN_GRACE", "1h"), ("PGSERVER_HTTP_LINE_MAX", "100"),
            ("PGSERVER_HTTP_BODY_MAX", "2GB"), ("PGSERVER_HTTP_PIPELINE_MAX", "0"),
            ("PGSERVER_HTTP_IDLE_TIMEOUT", "1ms"), ("PGSERVER_CORS_ORIGINS", "app.example.com"),
            ("PGSERVER_TRUSTED_PROXIES", "10.0.0.0/33"), ("PGSERVER_LOG", "perhaps"),
            ("PGSERVER_LOG_SAMPLE", "1.5"), ("PGSERVER_ENV", "staging"), ("PGSERVER_JWT_ALGORITHM", "none"),
        ])
    func bad(_ name: String, _ value: String) throws {
        let output = try serve([name: value])
        #expect(output.status != 0)
        #expect(output.text.contains("\(name): '\(value)' is not valid; expected "))
    }

    @Test("names every bad value at once")
    func several() throws {
        let output = try serve(["PGSERVER_PORT": "x", "PGSERVER_LOG": "y", "PGSERVER_POOL_SLOW": "z"])
        for name in ["PGSERVER_PORT", "PGSERVER_LOG", "PGSERVER_POOL_SLOW"] { #expect(output.text.contains(name)) }
    }

    @Test("is refused for a variable that nobody knows, with the one that was meant")
    func unknown() throws {
        let output = try serve(["PGSERVER_HTTP_IDLE_TIMOUT": "5s"])
        #expect(output.status != 0)
        #expect(output.text.contains("PGSERVER_HTTP_IDLE_TIMOUT: there is no such option"))
        #expect(output.text.contains("PGSERVER_HTTP_IDLE_TIMEOUT?"))
    }

    @Test(
        "shows no secret when it is refused",
        arguments: [
            ["PGSERVER_DATABASE_URL": "s3cret-without-a-scheme"],
            ["PGSERVER_SERVE_URL": "s3cret-without-a-scheme"],
            ["PGSERVER_LOGIN_PASSWORD": "s3cret"],
            ["PGSERVER_LOGIN_PASSWORD": "s3cret" + String(repeating: "x", count: 300)],
            ["PGSERVER_SERVE_URL": "postgresql://pgserver:s3cret@127.0.0.1:1/nowhere"],
            ["PGSERVER_SERVE_URL": "postgresql://pgserver:s3cret@127.0.0.1:notaport/nowhere"],
        ])
    func secrets(_ variables: [String: String]) throws {
        let output = try serve(variables)
        #expect(output.status != 0)
        #expect(!output.text.isEmpty)
        #expect(!output.text.contains("s3cret"))
    }

    @Test("is refused with a sentence when the address is not ours to listen on")
    func address() throws {
        let output = try serve(["PGSERVER_HOST": "192.0.2.1", "PGSERVER_PORT": "18080"])
        #expect(output.status == 1)
        #expect(output.text.contains("cannot start: bind"))
    }

    @Test("is refused with a sentence over a database without a deployment")
    func empty() throws {
        let url = try TestCluster.createDatabase("empty_\(Probe.unique())")
        let output = try serve(["PGSERVER_DATABASE_URL": url])
        #expect(output.status == 1)
        #expect(output.text.contains("cannot start: "))
    }
}
