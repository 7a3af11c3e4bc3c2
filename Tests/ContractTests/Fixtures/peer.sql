-- Three endpoints over two tables that the server has never heard of: a list, one row, a note. What makes them
-- endpoints is the three calls of api.route(); nothing else knows of them.
CREATE SCHEMA peer AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA peer TO anon, member;
SET LOCAL ROLE pgserver_owner;

CREATE TABLE peer.accounts (
    tenant_id  uuid           NOT NULL,
    account_id text           NOT NULL,
    name       text           NOT NULL,
    email      text           NOT NULL,
    status     text           NOT NULL,
    balance    numeric(14, 2) NOT NULL,
    country    text           NOT NULL,
    created_at timestamptz    NOT NULL,

    CONSTRAINT accounts_pkey PRIMARY KEY (tenant_id, account_id)
);
CREATE INDEX accounts_tenant_created ON peer.accounts (tenant_id, created_at DESC, account_id);

CREATE TABLE peer.notes (
    tenant_id  uuid        NOT NULL DEFAULT auth.tenant_id(),
    note_id    bigint      GENERATED ALWAYS AS IDENTITY,
    account_id text        NOT NULL,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT notes_pkey            PRIMARY KEY (tenant_id, note_id),
    CONSTRAINT notes_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES peer.accounts
);
COMMENT ON CONSTRAINT notes_account_id_fkey ON peer.notes IS 'There is no such account.';

ALTER TABLE peer.accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE peer.notes    ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_tenant ON peer.accounts TO member
    USING      (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY notes_tenant ON peer.notes TO member
    USING      (tenant_id = (SELECT auth.tenant_id()))
    WITH CHECK (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY accounts_owner ON peer.accounts TO pgserver_owner USING (true);
GRANT SELECT ON peer.accounts TO member;
GRANT SELECT, INSERT ON peer.notes TO member;

CREATE DOMAIN peer.page_size AS integer CHECK (VALUE >= 1 AND VALUE <= 100);
CREATE DOMAIN peer.page_start AS integer CHECK (VALUE >= 0);

CREATE FUNCTION peer.list_accounts("limit" peer.page_size DEFAULT 20, "offset" peer.page_start DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    SELECT COALESCE(json_agg(a), '[]'), count(*) INTO v_page.items, v_page.item_count
    FROM (
        SELECT a.account_id, a.name, a.email, a.status, a.balance, a.country, a.created_at
        FROM peer.accounts AS a
        ORDER BY a.created_at DESC, a.account_id
        LIMIT list_accounts."limit" OFFSET list_accounts."offset"
    ) AS a;
    SELECT count(*) INTO v_page.total FROM peer.accounts AS a;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION peer.list_accounts(peer.page_size, peer.page_start) IS 'Lists accounts, the newest first.';

CREATE FUNCTION peer.get_account(account_id text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT row_to_json(a)
        FROM (
            SELECT a.account_id, a.name, a.email, a.status, a.balance, a.country, a.created_at
            FROM peer.accounts AS a
            WHERE a.account_id = get_account.account_id
        ) AS a
    );
END;
$$;
COMMENT ON FUNCTION peer.get_account(text) IS 'Shows one account.';

CREATE FUNCTION peer.create_note(account_id text, text text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_note peer.notes;
BEGIN
    INSERT INTO peer.notes (account_id, body) VALUES (create_note.account_id, create_note.text)
    RETURNING * INTO STRICT v_note;
    RETURN json_build_object(
        'note_id', v_note.note_id, 'account_id', v_note.account_id, 'created_at', v_note.created_at);
END;
$$;
COMMENT ON FUNCTION peer.create_note(text, text) IS 'Adds a note to an account.';

GRANT EXECUTE ON FUNCTION peer.list_accounts(peer.page_size, peer.page_start) TO member;
GRANT EXECUTE ON FUNCTION peer.get_account(text) TO member;
GRANT EXECUTE ON FUNCTION peer.create_note(text, text) TO member;
SELECT api.route('GET /accounts', 'peer.list_accounts');
SELECT api.route('GET /accounts/{account_id}', 'peer.get_account');
SELECT api.route('POST /accounts/{account_id}/notes', 'peer.create_note', status => 201);

RESET ROLE;
-- Twenty-five accounts for each tenant there is.
INSERT INTO peer.accounts
SELECT
    t.tenant_id, 'acc_' || 1000 * dense_rank() OVER (ORDER BY t.tenant_id) + n, 'Customer number ' || n,
    'customer' || n || '@example.test', (ARRAY['active', 'suspended', 'closed'])[1 + n % 3], n * 79.19,
    (ARRAY['DE', 'FR', 'NL'])[1 + n % 3], timestamptz '2024-01-01 00:00:00+00' + n * interval '137 seconds'
FROM auth.tenants AS t
CROSS JOIN generate_series(0, 24) AS n;
