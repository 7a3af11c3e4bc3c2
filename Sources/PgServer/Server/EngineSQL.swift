/// The SQL the server itself speaks. It names schema `api` only; everything else it calls, it learns from there.
enum EngineSQL {
    /// Sets role, tenant, user and limits of one transaction, and refuses a session that has ended.
    ///
    /// Parameters: role, tenant, user, session, claims, context, statement timeout in ms, read only ('on' or 'off');
    /// empty text where nobody is signed in. The role comes last: it takes away the right to look at sessions.
    static let context = """
        SELECT CASE WHEN $4::text = '' OR api.live_session(nullif($2::text, '')::uuid, nullif($4::text, '')::uuid) OR api.session_ended()
            THEN set_config('request.tenant_id', $2::text, true) END,
        set_config('request.user_id', $3, true), set_config('request.session_id', $4::text, true),
        set_config('request.claims', $5, true), set_config('request.context', $6, true),
        set_config('statement_timeout', $7, true), set_config('transaction_read_only', $8, true),
        set_config('role', $1, true)
        """

    /// Whom an API key stands for. Parameter: the SHA-256 of the key, binary.
    static let keyPrincipal = "SELECT api.key_principal($1::bytea)"
}
