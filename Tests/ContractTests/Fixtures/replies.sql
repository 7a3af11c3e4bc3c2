-- What a function can answer with, and what becomes of its transaction.
CREATE SCHEMA reply AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA reply TO anon, member;
SET LOCAL ROLE pgserver_owner;

CREATE TABLE reply.entries (
    entry_id bigint GENERATED ALWAYS AS IDENTITY,
    name     text   NOT NULL,

    CONSTRAINT entries_pkey     PRIMARY KEY (entry_id),
    CONSTRAINT entries_name_key UNIQUE (name) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON CONSTRAINT entries_name_key ON reply.entries IS 'This name is taken.';
GRANT SELECT, INSERT ON reply.entries TO anon, member;
CREATE SEQUENCE reply.attempts;
GRANT USAGE ON SEQUENCE reply.attempts TO anon, member;

CREATE FUNCTION reply.created(name text)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_reply api.reply;
BEGIN
    v_reply.status := 201;
    v_reply.headers := json_build_object('Location', '/reply/' || created.name, 'X-Many', 7);
    v_reply.body := json_build_object('name', created.name);
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION reply.created(text) IS 'Makes something and says where it is.';

-- A reply made of what the caller sends: for every combination that is worth a look.
CREATE FUNCTION reply.any(
    status integer DEFAULT NULL, headers json DEFAULT NULL, content_type text DEFAULT NULL, text text DEFAULT NULL,
    bytes bytea DEFAULT NULL, tokens json DEFAULT NULL)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN ROW ("any".status, "any".headers, "any".content_type, "any".text, "any".bytes, "any".tokens)::api.reply;
END;
$$;
COMMENT ON FUNCTION reply.any(integer, json, text, text, bytea, json) IS 'Replies as it is told.';

CREATE FUNCTION reply.nothing()
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM 1;
END;
$$;
COMMENT ON FUNCTION reply.nothing() IS 'Does nothing.';

CREATE FUNCTION reply.plain(name text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN plain.name;
END;
$$;
COMMENT ON FUNCTION reply.plain(text) IS 'Answers text.';

CREATE FUNCTION reply.picture()
RETURNS bytea LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN '\x89504e470d0a1a0a00ff'::bytea;
END;
$$;
COMMENT ON FUNCTION reply.picture() IS 'Answers bytes.';

CREATE FUNCTION reply.maybe(name text DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN to_jsonb(maybe.name);
END;
$$;
COMMENT ON FUNCTION reply.maybe(text) IS 'Answers what it was given.';

CREATE FUNCTION reply.insert_entry(name text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    INSERT INTO reply.entries (name) VALUES (insert_entry.name);
    RETURN json_build_object('name', insert_entry.name);
END;
$$;
COMMENT ON FUNCTION reply.insert_entry(text) IS 'Adds an entry; that its name is taken shows at the commit.';

-- Says STABLE, as a GET needs, and writes all the same.
CREATE FUNCTION reply.sneak(name text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN reply.insert_entry(sneak.name);
END;
$$;
COMMENT ON FUNCTION reply.sneak(text) IS 'Writes where it may not.';

-- Fails with a conflict until somebody has failed with the same key. An advisory lock of the session tells: it stays
-- after the transaction was rolled back, and a read-only transaction may take it.
CREATE FUNCTION reply.conflict_once(key integer, state text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.classid = 77 AND l.objid = conflict_once.key::oid)
    THEN
        PERFORM pg_advisory_lock(77, conflict_once.key);
        RAISE EXCEPTION USING ERRCODE = conflict_once.state, MESSAGE = 'the words of the database';
    END IF;
    RETURN json_build_object('key', conflict_once.key);
END;
$$;
COMMENT ON FUNCTION reply.conflict_once(integer, text) IS 'Fails once with a conflict.';

CREATE FUNCTION reply.conflict_always(state text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = conflict_always.state, MESSAGE = 'the words of the database';
END;
$$;
COMMENT ON FUNCTION reply.conflict_always(text) IS 'Fails with a conflict each time.';

CREATE FUNCTION reply.write_conflict(state text, succeeds_at bigint)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    IF nextval('reply.attempts') < write_conflict.succeeds_at THEN
        RAISE EXCEPTION USING ERRCODE = write_conflict.state, MESSAGE = 'the words of the database';
    END IF;
    RETURN '{}';
END;
$$;
COMMENT ON FUNCTION reply.write_conflict(text, bigint) IS 'Fails with a conflict until a sequence is there.';

GRANT EXECUTE ON FUNCTION reply.created(text) TO anon, member;
GRANT EXECUTE ON FUNCTION reply.any(integer, json, text, text, bytea, json) TO anon, member;
GRANT EXECUTE ON FUNCTION reply.nothing() TO anon, member;
GRANT EXECUTE ON FUNCTION reply.plain(text) TO anon, member;
GRANT EXECUTE ON FUNCTION reply.picture() TO anon, member;
GRANT EXECUTE ON FUNCTION reply.maybe(text) TO anon, member;
GRANT EXECUTE ON FUNCTION reply.insert_entry(text) TO anon, member;
GRANT EXECUTE ON FUNCTION reply.sneak(text) TO anon, member;
GRANT EXECUTE ON FUNCTION reply.conflict_once(integer, text) TO anon, member;
GRANT EXECUTE ON FUNCTION reply.conflict_always(text) TO anon, member;
GRANT EXECUTE ON FUNCTION reply.write_conflict(text, bigint) TO anon, member;
SELECT api.route('POST /reply/created', 'reply.created', auth => 'none', status => 201);
SELECT api.route('POST /reply/any', 'reply.any', auth => 'none');
SELECT api.route('POST /api/v1/reply/any', 'reply.any', dialect => 'orchestrator', auth => 'none');
SELECT api.route('POST /reply/nothing', 'reply.nothing', auth => 'none', status => 204);
SELECT api.route('GET /reply/plain', 'reply.plain', auth => 'none');
SELECT api.route('GET /reply/csv', 'reply.plain', auth => 'none', content_type => 'text/csv; charset=utf-8');
SELECT api.route('GET /reply/bytes', 'reply.picture', auth => 'none');
SELECT api.route('GET /reply/picture', 'reply.picture', auth => 'none', content_type => 'image/png');
SELECT api.route('GET /reply/maybe', 'reply.maybe', auth => 'none');
SELECT api.route('DELETE /reply/maybe', 'reply.maybe', auth => 'none', status => 204);
SELECT api.route('POST /reply/entries', 'reply.insert_entry', auth => 'none', status => 201);
SELECT api.route('GET /reply/sneak', 'reply.sneak', auth => 'none');
SELECT api.route('GET /reply/conflict-once', 'reply.conflict_once', auth => 'none');
SELECT api.route('GET /reply/conflict-always', 'reply.conflict_always', auth => 'none');
SELECT api.route('POST /reply/write-conflict', 'reply.write_conflict', auth => 'none');
RESET ROLE;
