-- What is known about names (words, synonyms, what a tenant taught us), and what follows from it: which column of a
-- source probably fills which canonical field.

-- Names --------------------------------------------------------------------------------------------------------------

CREATE TABLE data.words (
    word     text    NOT NULL,
    meaning  text    NOT NULL,
    is_noise boolean NOT NULL DEFAULT false,

    CONSTRAINT words_pkey       PRIMARY KEY (word),
    CONSTRAINT words_word_check CHECK (word ~ '^[a-z]+$')
);
COMMENT ON TABLE data.words IS
    'Words that names are made of, by which names without gaps (closedate) are cut. The same for every tenant.';
COMMENT ON COLUMN data.words.meaning IS 'What an abbreviation stands for (account for acct); of any other word the word itself.';
COMMENT ON COLUMN data.words.is_noise IS 'In the name of a relation the word says nothing about what is in it, such as export.';

CREATE TABLE data.synonyms (
    entity text NOT NULL,
    field  text NOT NULL,
    phrase text NOT NULL,

    CONSTRAINT synonyms_pkey PRIMARY KEY (entity, field, phrase)
);
COMMENT ON TABLE data.synonyms IS
    'What canonical fields are called elsewhere, as data.name_phrase writes it. The same for every tenant.';

CREATE TABLE data.entity_synonyms (
    phrase text NOT NULL,
    entity text NULL,

    CONSTRAINT entity_synonyms_pkey PRIMARY KEY (phrase)
);
COMMENT ON TABLE data.entity_synonyms IS 'What relations are called elsewhere that hold an entity. The same for every tenant.';
COMMENT ON COLUMN data.entity_synonyms.entity IS 'NULL: such a relation holds something that is no canonical entity, such as invoices.';

CREATE TABLE data.calibration (
    score      numeric(4,3) NOT NULL,
    confidence numeric(4,3) NOT NULL,

    CONSTRAINT calibration_pkey             PRIMARY KEY (score),
    CONSTRAINT calibration_score_check      CHECK (score BETWEEN 0 AND 1),
    CONSTRAINT calibration_confidence_check CHECK (confidence BETWEEN 0 AND 1)
);
COMMENT ON TABLE data.calibration IS
    'Which share of the suggestions with a score proved right on a labelled set; between two scores it is interpolated.';
GRANT SELECT ON data.words, data.synonyms, data.entity_synonyms, data.calibration TO member, worker;

CREATE TABLE data.tenant_synonyms (
    tenant_id      uuid        NOT NULL DEFAULT auth.tenant_id(),
    entity         text        NOT NULL,
    field          text        NOT NULL,
    phrase         text        NOT NULL,
    accepted_count int         NOT NULL DEFAULT 0,
    rejected_count int         NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT tenant_synonyms_pkey           PRIMARY KEY (tenant_id, entity, field, phrase),
    CONSTRAINT tenant_synonyms_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id)
);
COMMENT ON TABLE data.tenant_synonyms IS 'What the people of a tenant decided about a name: how often it was the field, and how often not.';

-- Suggestions --------------------------------------------------------------------------------------------------------

CREATE TABLE data.mapping_suggestions (
    tenant_id       uuid         NOT NULL DEFAULT auth.tenant_id(),
    suggestion_id   uuid         NOT NULL DEFAULT gen_random_uuid(),
    connection_id   uuid         NOT NULL,
    source_relation text         NOT NULL,
    entity          text         NOT NULL,
    canonical_field text         NULL,
    vendor_field    text         NULL,
    coercion        jsonb        NULL,
    score           numeric(4,3) NOT NULL,
    confidence      numeric(4,3) NOT NULL,
    evidence        jsonb        NOT NULL DEFAULT '{}',
    status          text         NOT NULL DEFAULT 'pending',
    drift_event_id  uuid         NULL,
    mapping_id      uuid         NULL,
    failure         text         NULL,
    decided_field   text         NULL,
    decided_by      uuid         NULL,
    decided_at      timestamptz  NULL,
    reason          text         NULL,
    created_at      timestamptz  NOT NULL DEFAULT now(),
    updated_at      timestamptz  NOT NULL DEFAULT now(),

    CONSTRAINT mapping_suggestions_pkey                PRIMARY KEY (tenant_id, suggestion_id),
    CONSTRAINT mapping_suggestions_connection_id_fkey  FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT mapping_suggestions_entity_fkey         FOREIGN KEY (entity) REFERENCES data.entities (entity),
    CONSTRAINT mapping_suggestions_drift_event_id_fkey FOREIGN KEY (tenant_id, drift_event_id)
        REFERENCES data.drift_events (tenant_id, drift_event_id) ON DELETE SET NULL (drift_event_id),
    CONSTRAINT mapping_suggestions_score_check         CHECK (score BETWEEN 0 AND 1),
    CONSTRAINT mapping_suggestions_confidence_check    CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT mapping_suggestions_evidence_check      CHECK (jsonb_typeof(evidence) = 'object'),
    CONSTRAINT mapping_suggestions_reason_check        CHECK (char_length(reason) <= 500),
    CONSTRAINT mapping_suggestions_status_check        CHECK (
        status IN ('pending', 'applied', 'accepted', 'rejected', 'superseded')
    )
);
COMMENT ON TABLE data.mapping_suggestions IS
    'Which column of a source probably fills which canonical field. What is sure enough was applied; the rest waits for a person.';
COMMENT ON COLUMN data.mapping_suggestions.canonical_field IS 'NULL: what is suggested is that the relation be mapped no longer, since the source has lost it.';
COMMENT ON COLUMN data.mapping_suggestions.vendor_field IS 'NULL: what is suggested is that the field be mapped no longer, since the source has lost its column.';
COMMENT ON COLUMN data.mapping_suggestions.score IS 'How well the names, types and values go together, before the calibration.';
COMMENT ON COLUMN data.mapping_suggestions.confidence IS 'The probability that it is right, by the calibration and by what the tenant decided before.';
COMMENT ON COLUMN data.mapping_suggestions.status IS
    'pending: in the queue; applied: by itself, being sure enough; accepted, rejected: a person''s decision; superseded: a later look replaced it.';
COMMENT ON COLUMN data.mapping_suggestions.mapping_id IS 'The mapping it went into, or after a drift would change. NULL of an accepted one: the mapping still lacks a field or a key.';
COMMENT ON COLUMN data.mapping_suggestions.failure IS 'Why what was sure enough, or accepted, could not be applied yet.';
COMMENT ON COLUMN data.mapping_suggestions.decided_field IS 'The canonical field that a person put in place of the suggested one.';
COMMENT ON CONSTRAINT mapping_suggestions_reason_check ON data.mapping_suggestions IS 'A reason has at most 500 characters.';
CREATE UNIQUE INDEX mapping_suggestions_pending_key
    ON data.mapping_suggestions (tenant_id, connection_id, source_relation, entity, canonical_field)
    NULLS NOT DISTINCT WHERE status = 'pending';
COMMENT ON INDEX data.mapping_suggestions_pending_key IS 'A suggestion for this field waits already.';
CREATE INDEX mapping_suggestions_relation_idx
    ON data.mapping_suggestions (tenant_id, connection_id, source_relation, entity);
CREATE INDEX mapping_suggestions_queue_idx
    ON data.mapping_suggestions (tenant_id, status, confidence DESC, created_at, suggestion_id);
CREATE INDEX mapping_suggestions_mapping_id_idx
    ON data.mapping_suggestions (tenant_id, mapping_id) WHERE mapping_id IS NOT NULL;
CREATE INDEX mapping_suggestions_drift_event_id_idx
    ON data.mapping_suggestions (tenant_id, drift_event_id) WHERE drift_event_id IS NOT NULL;

SELECT core.tenant_table('data.tenant_synonyms');
SELECT core.tenant_table('data.mapping_suggestions');
SELECT core.audit_table('data.tenant_synonyms');
SELECT core.audit_table('data.mapping_suggestions');
