RESET ROLE;
CREATE FUNCTION test.mark(letter text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN decode(repeat(letter, 64), 'hex');
SELECT test.become_member(1);

-- A key is free until an answer is kept under it; then it is the same request again, or another one.
SELECT api.idempotency_begin('POST /a', 'k', test.mark('a'));
SELECT api.idempotency_store('POST /a', 'k', test.mark('a'), '{"b": 1}');
SELECT test.raises($$SELECT api.idempotency_begin('POST /a', 'k', test.mark('a'))$$, 'PT00R', 'idempotency_replay');
SELECT test.raises($$SELECT api.idempotency_begin('POST /a', 'k', test.mark('b'))$$, 'PT422', 'idempotency_key_reused');
SELECT test.equals('the answer', api.idempotency_answer('POST /a', 'k'), '{"b": 1}');
-- It counts for its route, its tenant and its user only.
SELECT api.idempotency_begin('POST /b', 'k', test.mark('b'));
SELECT test.become_member(1, 2);
SELECT api.idempotency_begin('POST /a', 'k', test.mark('b'));
SELECT test.raises($$SELECT api.idempotency_answer('POST /a', 'k')$$, 'PT503', 'try_again');
SELECT test.become_member(2);
SELECT api.idempotency_begin('POST /a', 'k', test.mark('b'));
SELECT test.raises($$SELECT api.idempotency_answer('POST /a', 'k')$$, 'PT503', 'try_again');

-- NULL is an answer, and one that is too long is none; both are remembered.
SELECT api.idempotency_store('POST /a', 'null', test.mark('c'), NULL);
SELECT test.equals('NULL', api.idempotency_answer('POST /a', 'null'), NULL::text);
SELECT api.idempotency_store('POST /a', 'longest', test.mark('c'), repeat('x', 1048576));
SELECT test.equals('the longest', length(api.idempotency_answer('POST /a', 'longest')), 1048576);
SELECT api.idempotency_store('POST /a', 'longer', test.mark('c'), repeat('x', 1048577));
SELECT test.raises($$SELECT api.idempotency_begin('POST /a', 'longer', test.mark('c'))$$, 'PT00R');
SELECT test.raises(
    $$SELECT api.idempotency_answer('POST /a', 'longer')$$, 'PT409', 'idempotency_answer_dropped');
-- A key that is in use cannot be taken over, claimed or not.
SELECT test.raises(
    $$SELECT api.idempotency_store('POST /a', 'null', test.mark('d'), 'x')$$, 'PT409', 'idempotency_in_flight');

-- The longest key, and one past it.
SELECT api.idempotency_store('POST /a', repeat('~', 255), test.mark('c'), '');
SELECT test.raises(
    $$SELECT api.idempotency_store('POST /a', repeat('~', 256), test.mark('c'), '')$$,
    '23514', 'idempotency_keys_key_check');

-- Nobody reads the table, and nobody but a member claims a key.
SELECT test.raises('SELECT FROM core.idempotency_keys', '42501');
SELECT test.become_anon();
SELECT test.raises($$SELECT api.idempotency_begin('POST /a', 'k', test.mark('a'))$$, '42501');

-- What has expired is free again, and is swept for all tenants alike.
RESET ROLE;
UPDATE core.idempotency_keys SET expires_at = now() - interval '1 h'
WHERE key = 'k' OR key = 'null';
SELECT test.become_member(1);
SELECT api.idempotency_begin('POST /a', 'k', test.mark('e'));
SELECT api.idempotency_store('POST /a', 'k', test.mark('e'), 'new');
SELECT test.equals('the new answer', api.idempotency_answer('POST /a', 'k'), 'new');
SELECT test.raises('SELECT core.remove_expired_idempotency_keys()', '42501');
RESET ROLE;
UPDATE core.idempotency_keys SET expires_at = now() - interval '1 h' WHERE key = 'k';
SET LOCAL ROLE worker;
SELECT set_config('request.tenant_id', '', true);
SELECT test.equals('none is asked for', core.remove_expired_idempotency_keys(0), 0);
SELECT test.equals('one at most', core.remove_expired_idempotency_keys(1), 1);
SELECT test.equals('the rest', core.remove_expired_idempotency_keys(), 1);
SELECT test.equals('no more', core.remove_expired_idempotency_keys(), 0);
RESET ROLE;
SELECT test.equals('keys that live on', count(*), 3::bigint) FROM core.idempotency_keys;

-- The job that sweeps goes on by itself while there is more.
UPDATE core.idempotency_keys SET expires_at = now() - interval '1 h';
SELECT set_config('request.tenant_id', work.system_tenant()::text, true);
SET LOCAL ROLE worker;
SELECT test.equals('two at most', work.sweep_idempotency_keys('{"max_count": 2}'), '{"removed": 2}'::jsonb);
SELECT test.equals('the last', work.sweep_idempotency_keys('{"max_count": 2}'), '{"removed": 1}'::jsonb);
RESET ROLE;
SELECT test.equals('jobs that go on', count(*), 1::bigint) FROM work.jobs AS j WHERE j.kind = 'work.sweep_idempotency_keys';
