-- Requires: functions/data/begin_unification.sql
-- Makes the golden contacts of the addresses whose contacts changed: one for each address that a contact has which its
-- source still has. Each field survives from the contact of the source with the lowest number in data.source_priorities
-- that has a value; among equals from the one that its source changed last, then from the lowest contact_id.
--
-- What is noted is taken away and acted upon in one transaction, so nothing is missed: a change that commits meanwhile
-- has left a note that this run does not see, and the next one does. A golden contact is made anew from all contacts of
-- its address, never from what it was, so a run that is repeated changes nothing.
--
-- Role:    member, worker
-- Definer: lends the writing of golden contacts and links, for the caller's tenant only
-- Returns: {unified_contacts, links, addresses, is_complete}: how many there are now; how many addresses were looked at;
--          whether all were. addresses_max bounds them, not to the last one.
-- Errors:  PT401 unauthenticated  401  nobody is signed in
CREATE OR REPLACE FUNCTION data.unify(addresses_max int DEFAULT 30000)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_batch_notes_max     CONSTANT int := 2000;
    v_batch_addresses_max CONSTANT int := 10000;
    v_priority_last       CONSTANT int := 1001;
    v_tenant_id           CONSTANT uuid := auth.tenant_id();
    v_unification data.unifications := data.begin_unification();
    v_emails      text[];
    v_count       bigint;
    v_goldens     bigint;
    v_links       bigint;
    v_addresses   bigint := 0;
BEGIN
    LOOP
        WITH noted AS (
            SELECT w.change_id
            FROM (
                SELECT f.change_id, sum(cardinality(f.emails)) OVER (ORDER BY f.change_id) - cardinality(f.emails) AS before
                FROM (
                    SELECT n.change_id, n.emails
                    FROM data.contact_changes AS n
                    WHERE n.tenant_id = v_tenant_id
                    ORDER BY n.change_id
                    LIMIT v_batch_notes_max
                ) AS f
            ) AS w
            WHERE w.before < v_batch_addresses_max
        ), taken AS (
            DELETE FROM data.contact_changes AS c
            USING noted AS n
            WHERE c.tenant_id = v_tenant_id AND c.change_id = n.change_id
            RETURNING c.emails
        )
        SELECT array_agg(DISTINCT e.email) INTO v_emails FROM taken AS t CROSS JOIN LATERAL unnest(t.emails) AS e (email);
        EXIT WHEN v_emails IS NULL;

        -- Contacts that left an address, or their source.
        DELETE FROM data.contact_links AS l
        USING unnest(v_emails) AS e (email)
        JOIN data.golden_contacts AS g ON g.tenant_id = v_tenant_id AND g.email = e.email
        WHERE l.tenant_id = v_tenant_id AND l.golden_contact_id = g.golden_contact_id
            AND NOT EXISTS (
                SELECT
                FROM data.contacts AS c
                WHERE c.tenant_id = v_tenant_id AND c.contact_id = l.contact_id AND c.email_key = e.email
                    AND c.source_removed_at IS NULL
            );
        GET DIAGNOSTICS v_count = ROW_COUNT;
        v_unification.link_count := v_unification.link_count - v_count;

        WITH members AS MATERIALIZED (
            SELECT
                c.email_key, c.contact_id, c.account_id, c.first_name, c.last_name, c.phone, c.title, c.owner_id,
                c.source_system, c.created_at, c.updated_at,
                data.record_id('GLD', v_tenant_id, 'golden_contact', c.email_key) AS golden_contact_id,
                row_number() OVER (
                    PARTITION BY c.email_key
                    ORDER BY COALESCE(p.priority, v_priority_last), c.updated_at DESC, c.contact_id
                ) AS place
            FROM unnest(v_emails) AS e (email)
            JOIN data.contacts AS c ON c.tenant_id = v_tenant_id AND c.email_key = e.email AND c.source_removed_at IS NULL
            LEFT JOIN data.source_priorities AS p ON p.tenant_id = v_tenant_id AND p.source_system = c.source_system
        ), placed AS (
            SELECT
                m.*,
                min(m.place) FILTER (WHERE m.account_id IS NOT NULL) OVER person AS account_id_place,
                min(m.place) FILTER (WHERE m.first_name IS NOT NULL) OVER person AS first_name_place,
                min(m.place) FILTER (WHERE m.last_name IS NOT NULL)  OVER person AS last_name_place,
                min(m.place) FILTER (WHERE m.phone IS NOT NULL)      OVER person AS phone_place,
                min(m.place) FILTER (WHERE m.title IS NOT NULL)      OVER person AS title_place,
                min(m.place) FILTER (WHERE m.owner_id IS NOT NULL)   OVER person AS owner_id_place
            FROM members AS m
            WINDOW person AS (PARTITION BY m.email_key)
        ), merged AS (
            SELECT
                p.golden_contact_id,
                p.email_key,
                max(p.account_id) FILTER (WHERE p.place = p.account_id_place) AS account_id,
                max(p.first_name) FILTER (WHERE p.place = p.first_name_place) AS first_name,
                max(p.last_name)  FILTER (WHERE p.place = p.last_name_place)  AS last_name,
                max(p.phone)      FILTER (WHERE p.place = p.phone_place)      AS phone,
                max(p.title)      FILTER (WHERE p.place = p.title_place)      AS title,
                max(p.owner_id)   FILTER (WHERE p.place = p.owner_id_place)   AS owner_id,
                jsonb_strip_nulls(jsonb_build_object(
                    'account_id', max(p.contact_id) FILTER (WHERE p.place = p.account_id_place),
                    'first_name', max(p.contact_id) FILTER (WHERE p.place = p.first_name_place),
                    'last_name', max(p.contact_id) FILTER (WHERE p.place = p.last_name_place),
                    'phone', max(p.contact_id) FILTER (WHERE p.place = p.phone_place),
                    'title', max(p.contact_id) FILTER (WHERE p.place = p.title_place),
                    'owner_id', max(p.contact_id) FILTER (WHERE p.place = p.owner_id_place))) AS field_sources,
                array_agg(DISTINCT p.source_system ORDER BY p.source_system) AS source_systems,
                count(*)          AS contact_count,
                min(p.created_at) AS created_at,
                max(p.updated_at) AS updated_at
            FROM placed AS p
            GROUP BY p.golden_contact_id, p.email_key
        ), written AS (
            INSERT INTO data.golden_contacts AS g (
                tenant_id, golden_contact_id, email, account_id, first_name, last_name, phone, title, owner_id,
                field_sources, source_systems, contact_count, created_at, updated_at)
            SELECT
                v_tenant_id, m.golden_contact_id, m.email_key, m.account_id, m.first_name, m.last_name, m.phone, m.title,
                m.owner_id, m.field_sources, m.source_systems, m.contact_count, m.created_at, m.updated_at
            FROM merged AS m
            ON CONFLICT ON CONSTRAINT golden_contacts_pkey DO UPDATE
            SET account_id = EXCLUDED.account_id, first_name = EXCLUDED.first_name, last_name = EXCLUDED.last_name,
                phone = EXCLUDED.phone, title = EXCLUDED.title, owner_id = EXCLUDED.owner_id,
                field_sources = EXCLUDED.field_sources, source_systems = EXCLUDED.source_systems,
                contact_count = EXCLUDED.contact_count, created_at = EXCLUDED.created_at,
                updated_at = EXCLUDED.updated_at, unified_at = now()
            WHERE (g.account_id, g.first_name, g.last_name, g.phone, g.title, g.owner_id, g.field_sources,
                   g.source_systems, g.contact_count, g.created_at, g.updated_at)
                IS DISTINCT FROM
                  (EXCLUDED.account_id, EXCLUDED.first_name, EXCLUDED.last_name, EXCLUDED.phone, EXCLUDED.title,
                   EXCLUDED.owner_id, EXCLUDED.field_sources, EXCLUDED.source_systems, EXCLUDED.contact_count,
                   EXCLUDED.created_at, EXCLUDED.updated_at)
            RETURNING g.xmax = 0 AS is_new
        ), linked AS (
            INSERT INTO data.contact_links AS l (tenant_id, contact_id, golden_contact_id)
            SELECT v_tenant_id, m.contact_id, m.golden_contact_id
            FROM members AS m
            ON CONFLICT ON CONSTRAINT contact_links_pkey DO UPDATE
            SET golden_contact_id = EXCLUDED.golden_contact_id, linked_at = now()
            WHERE l.golden_contact_id <> EXCLUDED.golden_contact_id
            RETURNING l.xmax = 0 AS is_new
        )
        SELECT
            (SELECT count(*) FROM written AS w WHERE w.is_new),
            (SELECT count(*) FROM linked AS l WHERE l.is_new)
        INTO STRICT v_goldens, v_links;
        v_unification.golden_contact_count := v_unification.golden_contact_count + v_goldens;
        v_unification.link_count := v_unification.link_count + v_links;

        DELETE FROM data.golden_contacts AS g
        USING unnest(v_emails) AS e (email)
        WHERE g.tenant_id = v_tenant_id AND g.email = e.email
            AND NOT EXISTS (
                SELECT
                FROM data.contact_links AS l
                WHERE l.tenant_id = v_tenant_id AND l.golden_contact_id = g.golden_contact_id
            );
        GET DIAGNOSTICS v_count = ROW_COUNT;
        v_unification.golden_contact_count := v_unification.golden_contact_count - v_count;

        v_addresses := v_addresses + cardinality(v_emails);
        EXIT WHEN v_addresses >= unify.addresses_max;
    END LOOP;

    UPDATE data.unifications AS u
    SET golden_contact_count = v_unification.golden_contact_count, link_count = v_unification.link_count,
        last_run_at = clock_timestamp()
    WHERE u.tenant_id = v_tenant_id;
    RETURN jsonb_build_object(
        'unified_contacts', v_unification.golden_contact_count, 'links', v_unification.link_count,
        'addresses', v_addresses,
        'is_complete', NOT EXISTS (SELECT FROM data.contact_changes AS c WHERE c.tenant_id = v_tenant_id));
END;
$$;
COMMENT ON FUNCTION data.unify(int) IS 'Makes the golden contacts of the addresses whose contacts changed.';
GRANT EXECUTE ON FUNCTION data.unify(int) TO member, worker;
