/// The SQL the server itself speaks. It names schema `api` only; everything else it calls, it learns from there.
enum EngineSQL {
    /// Sets role, tenant, user and limits of one transaction, and refuses a session that has ended.
    ///
    /// Parameters: role, tenant, user, session, claims, context, statement timeout in ms, read only (`on` or `off`);
    /// empty text where nobody is signed in. The session is looked for in a one-time filter, which comes before the
    /// settings: with the role the right to look at sessions is gone. `nullif` keeps an empty text from being made a
    /// uuid when the planner folds constants. Nobody reads what has been set, so one small column comes back, not eight.
    static let context = """
        SELECT num_nulls(set_config('transaction_read_only', $8, true), set_config('statement_timeout', $7, true),
        set_config('request.tenant_id', $2, true), set_config('request.user_id', $3, true),
        set_config('request.session_id', $4, true), set_config('request.claims', $5, true),
        set_config('request.context', $6, true), set_config('role', $1, true))
        WHERE CASE WHEN $4 = '' THEN true
        WHEN EXISTS (SELECT FROM api.live_sessions AS s
        WHERE s.tenant_id = nullif($2, '')::uuid AND s.session_id = nullif($4, '')::uuid) THEN true
        ELSE api.session_ended() END
        """
    /// PostgreSQL's OID of type `text`: what all parameters of ``context`` are.
    static let contextTypes = [UInt32](repeating: 25, count: 8)

    /// Claims a client's key for the request that brings it. It fails if a request with the key is under way, has been
    /// answered, or was another one. Parameters: route, key, fingerprint.
    static let claim = "SELECT api.idempotency_begin($1::text, $2::text, $3::bytea)"
    /// The SQLSTATE of ``claim`` for a request that has been answered before.
    static let answeredBefore = "PT00R"

    /// One page of what a listener missed, as its caller may see it.
    ///
    /// Parameters: route_id, topics, types, subjects (null for all), the position behind which it begins, and how many
    /// positions it goes through. The last row, without a frame, says how far it has looked.
    static let eventHistory = """
        SELECT h."position", h.frame, h.is_error, h.created_us
        FROM api.event_history($1::integer, $2::text[], $3::text[], $4::text[], $5::bigint, $6::integer) AS h
        """

    /// Whom an API key stands for. Parameter: the SHA-256 of the key, binary.
    static let keyPrincipal = "SELECT api.key_principal($1::bytea)"

    // MARK: Events

    /// What the relay's connection sets up, once. Parameter: the statement timeout in ms.
    ///
    /// An idle session that is not heard of within seconds ends, and with it the lock of a sequencer that was stopped
    /// or cut off: the relay asks something every second.
    static let relaySettings = """
        SELECT set_config('statement_timeout', $1, false), set_config('idle_session_timeout', '5s', false),
        set_config('idle_in_transaction_session_timeout', '5s', false), set_config('jit', 'off', false),
        set_config('search_path', '', false), set_config('TimeZone', 'UTC', false),
        set_config('DateStyle', 'ISO', false), set_config('client_connection_check_interval', '2s', false)
        """
    static let eventHead = "SELECT serial, epoch FROM api.event_head()"
    static let becomeSequencer = "SELECT api.become_sequencer()"
    static let isSequencerPending = "SELECT api.sequencer_pending()"
    /// Parameter: most events to number.
    static let sequenceEvents = """
        SELECT serial, tenant_id, position, topic, type, subject_id, created_us FROM api.sequence_events($1)
        """
    /// Parameters: the serial to begin after, and most events to read.
    static let readEvents = """
        SELECT serial, tenant_id, position, topic, type, subject_id, created_us FROM api.read_events($1, $2)
        """
    /// Parameters: two arrays of the same length, serials and routes.
    static let renderEvents = "SELECT serial, route_id, frame, error FROM api.render_events($1::bigint[], $2::int[])"
    static let notify = "SELECT pg_notify($1, $2)"

    /// Which of some sessions are over. Parameters: two arrays of the same length, tenants and sessions.
    static let endedSessions = "SELECT tenant_id, session_id FROM api.ended_sessions($1::uuid[], $2::uuid[])"
}
