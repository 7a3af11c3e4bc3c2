-- Bytes that clients send as a whole: files, kept in pieces, of whatever domain has a use for them.

CREATE TABLE core.files (
    tenant_id    uuid        NOT NULL DEFAULT auth.tenant_id(),
    file_id      uuid        NOT NULL DEFAULT gen_random_uuid(),
    name         text        NOT NULL,
    media_type   text        NOT NULL,
    status       text        NOT NULL DEFAULT 'receiving',
    size_bytes   bigint,
    chunk_count  int,
    sha256       bytea,
    created_by   uuid        DEFAULT auth.user_id(),
    created_at   timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,

    CONSTRAINT files_pkey             PRIMARY KEY (tenant_id, file_id),
    CONSTRAINT files_tenant_id_fkey   FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT files_name_check       CHECK (char_length(name) BETWEEN 1 AND 255),
    CONSTRAINT files_media_type_check CHECK (char_length(media_type) BETWEEN 1 AND 255),
    CONSTRAINT files_status_check     CHECK (status IN ('receiving', 'complete')),
    CONSTRAINT files_complete_check   CHECK (
        status = 'receiving' OR num_nulls(size_bytes, chunk_count, sha256, completed_at) = 0
    )
);
COMMENT ON TABLE core.files IS
    'Files. One that is being received is shown to nobody, and removed after a day if it never becomes complete.';
COMMENT ON COLUMN core.files.name IS 'What the client called it.';
COMMENT ON COLUMN core.files.sha256 IS 'SHA-256 of all its bytes.';
COMMENT ON CONSTRAINT files_name_check ON core.files IS 'The name of a file has 1 to 255 characters.';
COMMENT ON CONSTRAINT files_media_type_check ON core.files IS 'A media type has 1 to 255 characters.';
CREATE INDEX files_created_at_idx ON core.files (created_at) WHERE status = 'receiving';

CREATE TABLE core.file_chunks (
    tenant_id uuid  NOT NULL DEFAULT auth.tenant_id(),
    file_id   uuid  NOT NULL,
    chunk_no  int   NOT NULL,
    chunk     bytea NOT NULL,

    CONSTRAINT file_chunks_pkey         PRIMARY KEY (tenant_id, file_id, chunk_no),
    CONSTRAINT file_chunks_file_id_fkey FOREIGN KEY (tenant_id, file_id)
        REFERENCES core.files (tenant_id, file_id) ON DELETE CASCADE,
    CONSTRAINT file_chunks_chunk_check  CHECK (octet_length(chunk) BETWEEN 1 AND 1048576)
);
-- To squeeze them would cost more time than everything else that is done with them.
ALTER TABLE core.file_chunks ALTER COLUMN chunk SET STORAGE EXTERNAL;
COMMENT ON TABLE core.file_chunks IS 'The bytes of files, in pieces of 1 MiB; the last of a file may be shorter.';
COMMENT ON COLUMN core.file_chunks.chunk_no IS 'Counted from 0.';

SELECT core.tenant_table('core.files', readers => '{}');
-- What never became complete is removed for all tenants at once.
CREATE POLICY files_abandoned ON core.files TO pgserver_owner
    USING      (status = 'receiving' AND created_at <= now() - interval '1 day')
    WITH CHECK (false);
CREATE POLICY files_tenant ON core.files FOR SELECT TO member
    USING (tenant_id = (SELECT auth.tenant_id()) AND status = 'complete');
GRANT SELECT ON core.files TO member;

SELECT core.tenant_table('core.file_chunks', readers => '{}');
