/// The routes that the tests of HTTP and of operations ask for. Nothing but SQL declares them.
enum ProbeSQL {
    static let script = """
        CREATE SCHEMA probe AUTHORIZATION pgserver_owner;
        SET ROLE pgserver_owner;
        GRANT USAGE ON SCHEMA probe TO anon, member;
        CREATE TABLE probe.marks (mark_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
        GRANT SELECT, INSERT ON probe.marks TO anon, member;
        \(functions.map(\.sql).joined(separator: "\n"))
        \(contractRoutes)
        RESET ROLE;
        SELECT api.publish();
        """

    /// A function and the route that is its only purpose.
    private struct Function {
        var endpoint: String
        var signature: String
        var returns = "json"
        var volatility = "STABLE"
        var body: String
        var options = ""

        var sql: String {
            let name = signature.prefix { $0 != "(" }
            return """
                CREATE FUNCTION probe.\(signature) RETURNS \(returns) LANGUAGE plpgsql
                \(volatility) PARALLEL UNSAFE SECURITY INVOKER
                AS $$ BEGIN \(body) END; $$;
                COMMENT ON FUNCTION probe.\(name) IS 'For the tests.';
                GRANT EXECUTE ON FUNCTION probe.\(name) TO anon, member;
                SELECT api.route('\(endpoint)', 'probe.\(name)', \(options.contains("auth") ? "" : "auth => 'none', ")
                    dialect => 'server'\(options.isEmpty ? "" : ", " + options));
                """
        }
    }

    private static let functions = [
        Function(
            endpoint: "GET /probe/echo", signature: "echo(text text)",
            body: "RETURN json_build_object('text', echo.text);"),
        Function(
            endpoint: "GET /probe/private", signature: "secret()", body: "RETURN json_build_object('secret', true);",
            options: "auth => 'required'"),
        Function(
            endpoint: "POST /probe/private", signature: "take_secret(body bytea)", volatility: "VOLATILE",
            body: "RETURN json_build_object('length', length(take_secret.body));", options: "auth => 'required'"),
        Function(
            endpoint: "GET /probe/wait", signature: "wait(key bigint, name text)",
            body: """
                PERFORM pg_catalog.pg_advisory_xact_lock_shared(wait.key);
                RETURN json_build_object('name', wait.name);
                """,
            options: "pool => 'slow', timeout => '60 s'"),
        Function(
            endpoint: "GET /probe/pause", signature: "pause(seconds double precision, name text)",
            body: """
                PERFORM pg_catalog.pg_sleep(pause.seconds);
                RETURN json_build_object('name', pause.name);
                """),
        Function(
            endpoint: "GET /probe/brief", signature: "brief(key bigint)",
            body: "PERFORM pg_catalog.pg_advisory_xact_lock_shared(brief.key); RETURN '{}'::json;",
            options: "pool => 'slow', timeout => '50 ms'"),
        Function(
            endpoint: "POST /probe/marks", signature: "mark(name text)", volatility: "VOLATILE",
            body: """
                INSERT INTO probe.marks (name) VALUES (mark.name);
                RETURN json_build_object('name', mark.name);
                """,
            options: "status => 201"),
        Function(
            endpoint: "POST /probe/slow-marks", signature: "slow_mark(name text)", volatility: "VOLATILE",
            body: "INSERT INTO probe.marks (name) VALUES (slow_mark.name); RETURN '{}'::json;",
            options: "pool => 'slow'"),
        Function(
            endpoint: "POST /probe/pour", signature: "pour(name text, count integer)", returns: "text",
            volatility: "VOLATILE",
            body: "INSERT INTO probe.marks (name) VALUES (pour.name); RETURN repeat('x', pour.count);"),
        Function(
            endpoint: "GET /probe/large", signature: "large(count integer)", returns: "text",
            body: "RETURN repeat('x', large.count);"),
        Function(
            endpoint: "POST /probe/bytes", signature: "bytes(body bytea DEFAULT '')", volatility: "VOLATILE",
            body: digest("bytes")),
        Function(
            endpoint: "PUT /probe/bytes", signature: "bytes_put(body bytea DEFAULT '')", volatility: "VOLATILE",
            body: digest("bytes_put")),
        Function(
            endpoint: "DELETE /probe/bytes", signature: "bytes_delete(body bytea DEFAULT '')", volatility: "VOLATILE",
            body: digest("bytes_delete"), options: "sources => '{\"body\": \"whole_body\"}'"),
        Function(
            endpoint: "POST /probe/short", signature: "short(body bytea DEFAULT '')", volatility: "VOLATILE",
            body: digest("short"), options: "max_body => 16"),
        Function(
            endpoint: "POST /probe/long", signature: "long(body bytea DEFAULT '')", volatility: "VOLATILE",
            body: digest("long"), options: "max_body => 4194304"),
        Function(
            endpoint: "GET /probe/reply", signature: "reply(status integer, fields json, type text)",
            returns: "api.reply",
            body: "RETURN (reply.status, reply.fields, reply.type, '{}', NULL, NULL)::api.reply;"),
        Function(
            endpoint: "GET /probe/context", signature: "context()",
            body: "RETURN pg_catalog.current_setting('request.context')::json;"),
        Function(
            endpoint: "GET /probe/broken", signature: "broken(secret text)",
            body: "RETURN (SELECT json_agg(n.*) FROM probe.nothing AS n WHERE n.secret = broken.secret);"),
    ]

    private static func digest(_ function: String) -> String {
        "RETURN json_build_object('length', length(\(function).body), 'md5', md5(\(function).body));"
    }

    /// One route below a prefix of each contract, so that its refusals come out in that contract's words.
    private static let contractRoutes = """
        CREATE FUNCTION probe.refuse(code text) RETURNS json LANGUAGE plpgsql
        VOLATILE PARALLEL UNSAFE SECURITY INVOKER
        AS $$ BEGIN PERFORM api.fail(refuse.code); RETURN NULL; END; $$;
        COMMENT ON FUNCTION probe.refuse IS 'For the tests.';
        GRANT EXECUTE ON FUNCTION probe.refuse TO anon, member;
        \(RefusalShape.all.map { contract in
            """
            SELECT api.route('POST \(contract.path)', 'probe.refuse', auth => 'none', dialect => '\(contract.name)',
                max_body => 64);
            """
        }.joined(separator: "\n"))
        """
}
