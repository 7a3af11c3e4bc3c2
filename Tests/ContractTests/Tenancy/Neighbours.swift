@preconcurrency import Glibc

@testable import PgServer

/// Two tenants on the shared server: the first has rows everywhere, and every text of them bears a mark; the second
/// must never meet the mark.
struct Neighbours {
    /// In every text of the first tenant, in letters that survive lower-casing and folding.
    static let mark = "zqxmarkerqzx"

    let server: RunningServer
    /// Whose rows bear the mark.
    let first: Account
    /// Who looks for it.
    let second: Account
    let firstLogin: BILogin
    let secondLogin: BILogin

    static func shared() throws -> Neighbours { try sharedResult.get() }

    private static let sharedResult = Result {
        let neighbours = try Neighbours()
        atexit { _ = try? Neighbours.shared().server.stop() }
        return neighbours
    }

    /// They ask for everything there is, and must never hear instead that it was too often.
    private static let wideLimits = """
        UPDATE core.rate_policies SET limit_count = 1000000, window_seconds = 1, burst = 1000000
        """

    private init() throws {
        // Not a copy of a database: privileges on the database itself would not be copied.
        let url = try TestCluster.createDeployedDatabase("neighbours_\(getpid())")
        try BlockingConnection(conninfo: url).run(Self.wideLimits)
        server = try RunningServer(databaseURL: url, environment: IdentityServer.environment)
        first = try Account(on: server)
        second = try Account(on: server)
        try server.sql(Self.seed, [first.tenantID, Self.mark, first.userID])
        try server.sql(Self.work, [first.tenantID, Self.mark])
        try server.sql(Self.watch, [first.tenantID, Self.mark])
        try server.sql(
            """
            WITH a AS (INSERT INTO data.accounts (tenant_id, account_id, name) VALUES ($1::uuid, 'ACC-2', 'own')),
                c AS (INSERT INTO data.contacts (tenant_id, contact_id, email) VALUES ($1::uuid, 'CON-2', 'own@own'))
            INSERT INTO data.opportunities (tenant_id, opportunity_id, name, stage) VALUES ($1::uuid, 'OPP-2', 'own', '1')
            """, [second.tenantID])
        try first.sql("SELECT auth.create_api_key($1, '{}')", [Self.mark])
        for account in [first, second] { try account.sql("SELECT data.unify()") }
        try server.sql("SELECT data.refresh_pipeline(), data.refresh_activity('{}')")
        let tenants = [first, second]
        try eventually("the events of their rows have positions") {
            try tenants.allSatisfy {
                try $0.server.sqlValue(
                    "SELECT EXISTS (SELECT FROM core.event_log WHERE tenant_id = $1::uuid)", [$0.tenantID]) == "t"
            }
        }
        firstLogin = try BILogin(server: server, tenant: first.tenantID, label: Self.mark)
        secondLogin = try BILogin(server: server, tenant: second.tenantID, label: "second")
    }

    private static let seed = """
        WITH tenant AS (
            UPDATE auth.tenants SET name = $2 || name WHERE tenant_id = $1::uuid
        ), person AS (
            UPDATE auth.users SET full_name = $2, email = $2 || email, username = $2 || username WHERE user_id = $3::uuid
        ), connection AS (
            INSERT INTO data.connections (
                tenant_id, slug, name, connection_type, source_system, configuration, status, last_error)
            VALUES ($1::uuid, $2, $2, 'postgres', $2, jsonb_build_object('host', $2), 'ACTIVE', $2)
            RETURNING connection_id
        ), secret AS (
            INSERT INTO data.connection_secrets (tenant_id, connection_id, name, secret)
            SELECT $1::uuid, connection_id, 'password', $2 FROM connection
        ), mapping AS (
            INSERT INTO data.mappings (
                tenant_id, connection_id, entity, source_relation, key_column, source_columns, cursor_value)
            SELECT $1::uuid, connection_id, 'account', $2, $2, jsonb_build_array($2), $2 FROM connection
            RETURNING connection_id, mapping_id
        ), field AS (
            INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field, coercion)
            SELECT $1::uuid, mapping_id, 'name', $2, to_jsonb($2) FROM mapping
        ), run AS (
            INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity, error, error_code, cursor_after)
            SELECT $1::uuid, connection_id, mapping_id, 'account', $2, $2, $2 FROM mapping
        ), reject AS (
            INSERT INTO data.sync_rejects (
                tenant_id, mapping_id, reject_key, source_key, sync_run_id, faults, source_row)
            SELECT $1::uuid, mapping_id, $2, $2, gen_random_uuid(), jsonb_build_array($2), jsonb_build_object('a', $2)
            FROM mapping
        ), record_type AS (
            INSERT INTO data.record_types (tenant_id, record_type, title, fields) VALUES ($1::uuid, $2, $2, '[]')
        ), record AS (
            INSERT INTO data.records (
                tenant_id, record_type, source_connection_id, source_key, record_id, fields, source_system,
                source_relation)
            SELECT $1::uuid, $2, connection_id, $2, $2, jsonb_build_object('a', $2), $2, $2 FROM connection
        ), account AS (
            INSERT INTO data.accounts (
                tenant_id, account_id, name, type, industry, owner_id, status, extras, external_ids, source_system,
                source_connection_id, source_relation, source_key)
            SELECT $1::uuid, $2, $2, $2, $2, $2, $2, jsonb_build_object('a', $2), jsonb_build_object($2, $2), $2,
                connection_id, $2, $2
            FROM connection
        ), contact AS (
            INSERT INTO data.contacts (
                tenant_id, contact_id, account_id, email, first_name, last_name, phone, title, owner_id, source_system)
            VALUES ($1::uuid, $2, $2, $2 || '@' || $2, $2, $2, $2, $2, $2, $2)
        )
        INSERT INTO data.opportunities (
            tenant_id, opportunity_id, account_id, name, stage, amount, currency, close_date, probability, owner_id,
            extras, source_system)
        VALUES ($1::uuid, $2, $2, $2, $2, 4711.0, 'EUR', '2025-12-31', 0.5, $2, jsonb_build_object('a', $2), $2)
        """

    /// Nobody works on it: the job is parked, the schedule rests, the webhook is disabled.
    private static let work = """
        WITH job AS (
            INSERT INTO work.jobs (
                tenant_id, kind, queue, state, run_at, enqueued_at, max_attempts, timeout_ms, unique_key, arguments, errors)
            VALUES ($1::uuid, $2::text, $2::text, 'failed', now(), now(), 1, 1000, $2::text, jsonb_build_object('a', $2::text),
                jsonb_build_array(jsonb_build_object('at', now(), 'code', $2::text, 'message', $2::text, 'detail', $2::text)))
        ), finished AS (
            INSERT INTO work.finished_jobs (
                tenant_id, job_id, expires_on, kind, queue, priority, state, run_at, enqueued_at, finished_at, attempt,
                failures, max_attempts, arguments, result)
            VALUES ($1::uuid, 0, current_date + 2, $2::text, $2::text, 0, 'completed', now(), now(), now(), 1, 0, 1,
                jsonb_build_object('a', $2::text), jsonb_build_object('a', $2::text))
        ), schedule AS (
            INSERT INTO work.schedules (tenant_id, name, expression, kind, arguments, is_active)
            VALUES ($1::uuid, $2::text, '@yearly', $2::text, jsonb_build_object('a', $2::text), false)
            RETURNING tenant_id, schedule_id
        ), clock AS (
            INSERT INTO work.schedule_clocks (tenant_id, schedule_id, error) SELECT tenant_id, schedule_id, $2::text FROM schedule
        ), webhook AS (
            INSERT INTO work.webhooks (tenant_id, url, events, status, disabled_by, disabled_at)
            VALUES ($1::uuid, 'https://' || $2::text || '.test/', array[$2::text], 'disabled', 'person', now())
            RETURNING tenant_id, webhook_id
        ), secret AS (
            INSERT INTO work.webhook_secrets (tenant_id, webhook_id, secret) SELECT tenant_id, webhook_id, $2::text FROM webhook
        )
        INSERT INTO work.webhook_deliveries (
            tenant_id, webhook_id, reason, event, body, status, response_excerpt, error_code, error_message, finished_at)
        SELECT tenant_id, webhook_id, 'event', $2::text, $2::text, 'failed', $2::text, $2::text, $2::text, now() FROM webhook
        """

    /// What is spent, what was found in the source, and what is watched.
    private static let watch = """
        WITH source AS (
            SELECT c.connection_id FROM data.connections AS c WHERE c.tenant_id = $1::uuid AND c.slug = $2::text
        ), cost AS (
            INSERT INTO data.costs (tenant_id, cost_id, cost_center, service, month, amount, currency, source_system)
            VALUES ($1::uuid, $2::text, $2::text, $2::text, current_date, 4711, $2::text, $2::text)
        ), budget AS (
            INSERT INTO data.budgets (tenant_id, budget_id, cost_center, service, month, amount, currency, source_system)
            VALUES ($1::uuid, $2::text, $2::text, $2::text, current_date, 4711, $2::text, $2::text)
        ), keyword AS (
            INSERT INTO data.persona_keywords (tenant_id, persona, keyword, weight) VALUES ($1::uuid, 'cfo', $2::text, 1)
        ), sync AS (
            INSERT INTO data.syncs (tenant_id, connection_id, status, finished_at, error_code, error)
            SELECT $1::uuid, connection_id, 'failed', now(), $2::text, $2::text FROM source
        ), file AS (
            INSERT INTO data.source_files (
                tenant_id, connection_id, relation, mode, name, media_type, status, error_code, error, finished_at)
            SELECT $1::uuid, connection_id, $2::text, 'replace', $2::text, $2::text, 'failed', $2::text, $2::text, now()
            FROM source
        ), discovery AS (
            INSERT INTO data.discoveries (tenant_id, connection_id, job_id, status, finished_at, error_code, error)
            SELECT $1::uuid, connection_id, 0, 'failed', now(), $2::text, $2::text FROM source
        ), snapshot AS (
            INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
            SELECT $1::uuid, connection_id, 1, jsonb_build_array(jsonb_build_object('relation', $2::text, 'columns', '[]'::jsonb)), ''
            FROM source
            RETURNING connection_id
        ), drift AS (
            INSERT INTO data.drift_events (
                tenant_id, connection_id, version, event_type, relation, field, old_schema, new_schema, confidence, status)
            SELECT $1::uuid, connection_id, 1, 'field_added', $2::text, $2::text, jsonb_build_object('fields', array[$2::text]),
                jsonb_build_object('fields', array[$2::text]), 1, 'queued'
            FROM snapshot
        ), suggestion AS (
            INSERT INTO data.mapping_suggestions (
                tenant_id, connection_id, source_relation, entity, canonical_field, vendor_field, score, confidence, reason)
            SELECT $1::uuid, connection_id, $2::text, 'account', 'name', $2::text, 0.5, 0.5, $2::text FROM source
        ), rule AS (
            INSERT INTO data.alert_rules (
                tenant_id, name, metric, comparison, threshold, window_minutes, channel, url, is_active)
            VALUES ($1::uuid, $2::text, 'drift_events', 'above', 1, 60, 'webhook', 'https://' || $2::text || '.test/', false)
            RETURNING alert_rule_id
        ), secret AS (
            INSERT INTO data.alert_secrets (tenant_id, alert_rule_id, secret) SELECT $1::uuid, alert_rule_id, $2::text FROM rule
        ), state AS (
            INSERT INTO data.alert_states (tenant_id, alert_rule_id) SELECT $1::uuid, alert_rule_id FROM rule
        ), alert AS (
            INSERT INTO data.alerts (
                tenant_id, alert_rule_id, rule_name, metric, comparison, threshold, window_minutes, value)
            SELECT $1::uuid, alert_rule_id, $2::text, 'drift_events', 'above', 1, 60, 2 FROM rule
            RETURNING alert_rule_id, alert_id
        )
        INSERT INTO data.alert_notices (
            tenant_id, alert_rule_id, alert_id, reason, channel, status, error_code, error_message, finished_at)
        SELECT $1::uuid, alert_rule_id, alert_id, 'fired', 'webhook', 'failed', $2::text, $2::text, now() FROM alert
        """
}

/// A login for BI tools, made as an operator makes one.
struct BILogin {
    let name: String
    let password: String
    let url: String

    init(server: RunningServer, tenant: String, label: String) throws {
        let output = try Subprocess.run(
            Subprocess.server, ["bi-login", "create", "--tenant", tenant, "--label", label],
            environment: ["PGSERVER_DATABASE_URL": server.databaseURL])
        guard output.status == 0, let name = output.text.firstMatch(of: /login +(\S+)/)?.1,
            let password = output.text.firstMatch(of: /password +(\S+)/)?.1
        else { throw TestFailure("bi-login: \(output.text)") }
        self.name = String(name)
        self.password = String(password)
        guard let at = server.databaseURL.lastIndex(of: "@") else { throw TestFailure("the URL has no host") }
        url = "postgresql://\(name):\(password)\(server.databaseURL[at...])"
    }

    /// Runs statements in one session of psql; each may fail. What they print and how they fail is the answer.
    func psql(_ statements: [String], database: String? = nil) throws -> String {
        var target = url
        if let database, let slash = url.lastIndex(of: "/") { target = url[...slash] + database }
        let commands = statements.flatMap { ["--command", $0] }
        return try Subprocess.run(
            "psql", ["--no-psqlrc", "--no-align", "--set=VERBOSITY=verbose", "--dbname=\(target)"] + commands
        ).text
    }
}
