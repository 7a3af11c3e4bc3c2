import Testing

@testable import PgServer

/// Generated from the catalog: a table that is new tomorrow is tested tomorrow.
@Suite("Every tenant-owned table", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct TenantTableTests {
    /// A deployed database that no server uses, in which one row of each of two tenants stands in every table.
    private static let site = Result { try Site() }

    private struct Site {
        let url: String
        let tables: [String]

        init() throws {
            url = try IdentityServer.freshDatabase()
            let connection = try BlockingConnection(conninfo: url)
            try connection.run(Self.helpers)
            tables = try connection.rows(Self.owned).compactMap { $0[0] }
            for table in tables {
                for tenant in [TenantTableTests.first, TenantTableTests.second] {
                    _ = try connection.rows("SELECT probe.fill($1::regclass, $2::uuid)", [table, tenant])
                }
            }
        }

        private static let owned = """
            SELECT c.oid::regclass::text FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' ORDER BY 1
            """

        /// `fill` puts one row into any table: what is stated about rows is set aside, who may see them is not.
        /// `attempt` runs a statement and tells the rows it touched, or the SQLSTATE.
        private static let helpers = """
            CREATE SCHEMA probe;
            GRANT USAGE ON SCHEMA probe TO PUBLIC;
            CREATE FUNCTION probe.value(attribute pg_attribute) RETURNS text LANGUAGE sql STABLE AS $$
                SELECT CASE
                    WHEN t.typtype = 'e' THEN (SELECT quote_literal(e.enumlabel) FROM pg_enum AS e
                        WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder LIMIT 1)
                    WHEN t.typname = 'xid8' THEN 'pg_current_xact_id()'
                    WHEN t.typname = 'uuid' THEN 'gen_random_uuid()'
                    WHEN t.typname = 'bytea' THEN 'decode(md5(random()::text), ''hex'')'
                    WHEN t.typname IN ('json', 'jsonb') THEN '''{"mark": "mark"}'''
                    WHEN t.oid = 'text[]'::regtype THEN '''{mark}'''
                    WHEN t.typcategory = 'A' THEN '''{}'''
                    WHEN t.typcategory = 'N' THEN '1'
                    WHEN t.typcategory = 'B' THEN 'true'
                    WHEN t.typcategory = 'D' THEN 'now()'
                    WHEN t.typcategory = 'T' THEN '''1 s'''
                    WHEN t.typcategory = 'I' THEN '''192.0.2.1'''
                    ELSE '''mark'' || random()'
                END
                FROM pg_type AS d JOIN pg_type AS t ON t.oid = COALESCE(nullif(d.typbasetype, 0), d.oid)
                WHERE d.oid = attribute.atttypid
            $$;
            CREATE FUNCTION probe.fill(target regclass, tenant uuid) RETURNS void LANGUAGE plpgsql AS $$
            DECLARE
                v_check text;
                v_columns text;
                v_values text;
            BEGIN
                PERFORM set_config('session_replication_role', 'replica', true);
                FOR v_check IN SELECT conname FROM pg_constraint WHERE conrelid = target AND contype = 'c' LOOP
                    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', target, v_check);
                END LOOP;
                SELECT string_agg(quote_ident(a.attname), ', '), string_agg(
                    CASE a.attname WHEN 'tenant_id' THEN quote_literal(tenant) ELSE probe.value(a) END, ', ')
                INTO v_columns, v_values
                FROM pg_attribute AS a
                WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped
                  AND a.attgenerated = '' AND a.attidentity <> 'a';
                EXECUTE format('INSERT INTO %s (%s) VALUES (%s)', target, v_columns, v_values);
            END;
            $$;
            CREATE FUNCTION probe.attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE
                v_count bigint;
            BEGIN
                EXECUTE attempt.statement;
                GET DIAGNOSTICS v_count = ROW_COUNT;
                RETURN v_count::text;
            EXCEPTION WHEN OTHERS THEN
                RETURN SQLSTATE;
            END;
            $$;
            """
    }

    private static let first = "00000000-0000-4000-8000-0000000000a1"
    private static let second = "00000000-0000-4000-8000-0000000000b2"
    private static let tables: [String] = (try? site.get().tables) ?? []

    @Test("is found")
    func found() throws {
        let tables = try Self.site.get().tables
        for table in ["auth.sessions", "auth.api_keys", "core.audit_log", "data.accounts", "data.connection_secrets"] {
            #expect(tables.contains(table))
        }
    }

    @Test("has row-level security, forced, and policies", arguments: tables)
    func policies(_ table: String) throws {
        let rows = try BlockingConnection(conninfo: Self.site.get().url).rows(
            """
            SELECT c.relrowsecurity, c.relforcerowsecurity,
                EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid),
                EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND 0 = ANY (p.polroles)),
                pg_get_userbyid(c.relowner)
            FROM pg_class AS c WHERE c.oid = $1::regclass
            """, [table])
        #expect(rows == [["t", "t", "t", "f", "pgserver_owner"]])
    }

    @Test("shows a member of another tenant nothing, and takes nothing from them", arguments: tables)
    func closed(_ table: String) throws {
        for role in ["member", "worker", "anon", "pgserver", "bi_owner", "bi_reader"] {
            for (tenant, isForeign) in [(Self.second, true), ("", true), ("garbage", true), (Self.first, false)] {
                let connection = try BlockingConnection(conninfo: Self.site.get().url)
                try connection.run("BEGIN")
                _ = try connection.rows(
                    """
                    SELECT set_config('request.tenant_id', $1, true), set_config('request.user_id', $2, true),
                        set_config('request.claims', '{"is_superuser": true, "permissions": ["audit.read"]}', true),
                        set_config('role', $3, true)
                    """, [tenant, Self.second, role])
                func attempt(_ statement: String) throws -> String? {
                    try connection.rows("SELECT probe.attempt($1)", [statement]).first?[0]
                }
                let condition = "WHERE tenant_id = '\(Self.first)'"
                let seen = try attempt("SELECT FROM \(table) \(condition)")
                if isForeign {
                    let statements = [
                        "UPDATE \(table) SET tenant_id = tenant_id \(condition)",
                        "UPDATE \(table) SET tenant_id = '\(Self.second)' \(condition)",
                        "DELETE FROM \(table) \(condition)",
                    ]
                    #expect(["0", "42501"].contains(seen), "\(role) of '\(tenant)' sees \(seen ?? "")")
                    for statement in statements {
                        let answer = try attempt(statement)
                        #expect(["0", "42501", "PT409"].contains(answer), "\(role): \(statement): \(answer ?? "")")
                    }
                    let inserted = try attempt("INSERT INTO \(table) (tenant_id) VALUES ('\(Self.first)')")
                    #expect(inserted == "42501", "\(role): inserted: \(inserted ?? "")")
                }
                try connection.run("ROLLBACK")
            }
        }
    }

    @Test("can be reached by its own tenant: the silence above is the policies'")
    func control() throws {
        let connection = try BlockingConnection(conninfo: Self.site.get().url)
        try connection.run("BEGIN")
        _ = try connection.rows(
            "SELECT set_config('request.tenant_id', $1, true), set_config('role', 'member', true)", [Self.first])
        for table in ["data.accounts", "data.connections", "auth.tenants", "auth.memberships"] {
            let count = try connection.rows("SELECT count(*) FROM \(table) WHERE tenant_id = $1::uuid", [Self.first])
            #expect(count == [["1"]], "\(table)")
        }
    }
}
