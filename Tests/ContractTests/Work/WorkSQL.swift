/// Kinds of jobs made for these tests. Nothing but SQL declares them.
enum WorkSQL {
    static let script = """
        CREATE SCHEMA labour AUTHORIZATION pgserver_owner;
        SET ROLE pgserver_owner;
        GRANT USAGE ON SCHEMA labour TO worker;
        CREATE TABLE labour.marks (
            mark_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,
            tenant_id uuid NOT NULL DEFAULT auth.tenant_id(), role text NOT NULL DEFAULT current_user);
        GRANT SELECT, INSERT ON labour.marks TO worker;
        \(kinds.map(\.sql).joined(separator: "\n"))
        RESET ROLE;
        SELECT api.publish();
        """

    /// A function and the kind whose jobs it does.
    private struct Kind {
        var name: String
        var body: String
        var options = ""

        var sql: String {
            """
            CREATE FUNCTION labour.\(name)(arguments jsonb) RETURNS jsonb LANGUAGE plpgsql
            VOLATILE PARALLEL UNSAFE SECURITY INVOKER
            AS $$ BEGIN \(body) END; $$;
            GRANT EXECUTE ON FUNCTION labour.\(name)(jsonb) TO worker;
            SELECT work.job_kind('labour.\(name)', 'labour.\(name)'\(options.isEmpty ? "" : ", " + options));
            """
        }
    }

    private static let kinds = [
        Kind(
            name: "mark",
            body: """
                INSERT INTO labour.marks (name) VALUES (arguments ->> 'name');
                RETURN jsonb_build_object('marked', arguments ->> 'name');
                """),
        Kind(
            name: "wait",
            body: """
                INSERT INTO labour.marks (name) VALUES (arguments ->> 'name');
                PERFORM work.progress(0.5, 'half');
                PERFORM pg_catalog.pg_advisory_xact_lock_shared((arguments ->> 'key')::bigint);
                RETURN jsonb_build_object('marked', arguments ->> 'name');
                """,
            options: "backoff_first => '10 ms', backoff_longest => '10 ms'"),
        Kind(
            name: "refuse",
            body: """
                INSERT INTO labour.marks (name) VALUES (arguments ->> 'name');
                RAISE EXCEPTION 'this job is never done';
                """,
            options: "max_attempts => 3, backoff_first => '20 ms', backoff_longest => '40 ms'"),
        Kind(
            name: "sleep", body: "PERFORM pg_catalog.pg_sleep(60); RETURN NULL;",
            options: "max_attempts => 1, timeout => '200 ms'"),
    ]
}
