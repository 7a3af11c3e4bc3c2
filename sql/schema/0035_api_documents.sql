CREATE TABLE api.documents (
    name         text        NOT NULL,
    content_type text        NOT NULL,
    body         text        NOT NULL,
    entity_tag   text        NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT documents_pkey             PRIMARY KEY (name),
    CONSTRAINT documents_entity_tag_check CHECK (entity_tag ~ '^"[0-9a-f]{32}"$')
);
COMMENT ON TABLE api.documents IS
    'One row for each document that is generated when a deployment is published and served as it stands.';
COMMENT ON COLUMN api.documents.entity_tag IS 'The ETag sent with the body: half of its SHA-256, quoted.';
COMMENT ON CONSTRAINT documents_pkey ON api.documents IS 'This document is already published.';
COMMENT ON CONSTRAINT documents_entity_tag_check ON api.documents IS 'An entity tag is 32 hexadecimal digits in quotes.';
GRANT SELECT ON TABLE api.documents TO anon, member;
