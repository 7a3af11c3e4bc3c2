-- What every table of the domain has alike: forced policies, grants, an audit trail, totals.

DO $$
DECLARE
    v_relation text;
    v_entity   data.entities;
BEGIN
    FOREACH v_relation IN ARRAY ARRAY[
        'connections', 'connection_secrets', 'mappings', 'mapping_fields', 'sync_runs', 'sync_rejects', 'accounts',
        'contacts', 'opportunities', 'entity_counts'
    ]
    LOOP
        EXECUTE format('ALTER TABLE data.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_relation);
        IF v_relation <> 'entity_counts' THEN
            -- The owner's functions that write for a member are held to the member's tenant like the member.
            EXECUTE format(
                'CREATE POLICY %I ON data.%I TO pgserver_owner'
                ' USING (tenant_id = (SELECT auth.tenant_id())) WITH CHECK (tenant_id = (SELECT auth.tenant_id()))',
                v_relation || '_owner', v_relation
            );
        END IF;
        IF v_relation <> 'connection_secrets' THEN
            EXECUTE format(
                'CREATE POLICY %I ON data.%I FOR SELECT TO member USING (tenant_id = (SELECT auth.tenant_id()))',
                v_relation || '_tenant', v_relation
            );
            EXECUTE format(
                'CREATE POLICY %I ON data.%I FOR SELECT TO bi_owner USING (tenant_id = (SELECT auth.bi_tenant_id()))',
                v_relation || '_bi', v_relation
            );
            EXECUTE format('GRANT SELECT ON data.%I TO member, bi_owner', v_relation);
        END IF;
        IF v_relation IN ('accounts', 'contacts', 'opportunities') THEN
            EXECUTE format('SELECT core.audit_bulk(%L)', 'data.' || v_relation);
        ELSIF v_relation IN ('connections', 'mappings', 'mapping_fields') THEN
            EXECUTE format('SELECT core.audit_table(%L)', 'data.' || v_relation);
        END IF;
    END LOOP;

    FOR v_entity IN SELECT * FROM data.entities
    LOOP
        EXECUTE format(
            'CREATE TRIGGER count_inserted AFTER INSERT ON data.%I REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_entity.relation_name, v_entity.entity
        );
        EXECUTE format(
            'CREATE TRIGGER count_deleted AFTER DELETE ON data.%I REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_entity.relation_name, v_entity.entity
        );
        EXECUTE format(
            'CREATE TRIGGER count_truncated AFTER TRUNCATE ON data.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_entity.relation_name, v_entity.entity
        );
        EXECUTE format(
            'CREATE TRIGGER refuse_tenant_change BEFORE UPDATE OF tenant_id ON data.%I FOR EACH ROW'
            ' WHEN (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id) EXECUTE FUNCTION data.refuse_tenant_change()',
            v_entity.relation_name
        );
    END LOOP;
END;
$$;

-- Truncating empties the totals of every tenant, and a maintenance script may write for several at once.
CREATE POLICY entity_counts_owner ON data.entity_counts TO pgserver_owner USING (true) WITH CHECK (true);

-- A BI login is told from its siblings by what it was made for.
ALTER TABLE auth.bi_logins
    ADD COLUMN label text NOT NULL DEFAULT '',
    ADD CONSTRAINT bi_logins_label_check CHECK (char_length(label) <= 200);
COMMENT ON COLUMN auth.bi_logins.label IS 'What the login is for, in the operator''s words.';
COMMENT ON CONSTRAINT bi_logins_label_check ON auth.bi_logins IS 'A label may have at most 200 characters.';
