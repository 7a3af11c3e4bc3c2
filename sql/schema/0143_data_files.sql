-- Files that are loaded as rows of a source: where each has come to, its parts, and the lines that are no rows.

CREATE TABLE data.source_files (
    tenant_id      uuid        NOT NULL DEFAULT auth.tenant_id(),
    file_id        uuid        NOT NULL DEFAULT gen_random_uuid(),
    connection_id  uuid        NOT NULL,
    relation       text        NOT NULL,
    mode           text        NOT NULL,
    name           text        NOT NULL,
    media_type     text        NOT NULL,
    status         text        NOT NULL DEFAULT 'receiving',
    size_bytes     bigint,
    sha256         bytea,
    format         text,
    encoding       text,
    delimiter      text,
    line_end       text,
    is_ascii       boolean     NOT NULL DEFAULT true,
    columns        text[],
    generation     int,
    job_id         bigint,
    part_no        int         NOT NULL DEFAULT 1,
    chunk_no       int         NOT NULL DEFAULT 0,
    carry_text     text        NOT NULL DEFAULT '',
    carry_bytes    bytea       NOT NULL DEFAULT '',
    line_count     bigint      NOT NULL DEFAULT 0,
    loaded_bytes   bigint      NOT NULL DEFAULT 0,
    row_count      bigint      NOT NULL DEFAULT 0,
    bad_line_count bigint      NOT NULL DEFAULT 0,
    error_code     text,
    error          text,
    created_by     uuid        DEFAULT auth.user_id(),
    created_at     timestamptz NOT NULL DEFAULT now(),
    received_at    timestamptz,
    started_at     timestamptz,
    finished_at    timestamptz,

    CONSTRAINT source_files_pkey               PRIMARY KEY (tenant_id, file_id),
    CONSTRAINT source_files_connection_id_fkey FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT source_files_relation_check     CHECK (char_length(relation) BETWEEN 1 AND 120),
    CONSTRAINT source_files_mode_check         CHECK (mode IN ('replace', 'append')),
    CONSTRAINT source_files_status_check       CHECK (status IN ('receiving', 'queued', 'loading', 'loaded', 'failed')),
    CONSTRAINT source_files_format_check       CHECK (format IN ('csv', 'json', 'ndjson')),
    CONSTRAINT source_files_encoding_check     CHECK (
        encoding IN ('utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1')
    ),
    CONSTRAINT source_files_delimiter_check    CHECK (delimiter IN (',', ';', E'\t', '|')),
    CONSTRAINT source_files_line_end_check     CHECK (line_end IN ('lf', 'cr'))
);
COMMENT ON TABLE data.source_files IS
    'Files that were sent for a relation of a source. Their bytes are kept until they are loaded; what was found out stays.';
COMMENT ON COLUMN data.source_files.mode IS 'replace: its rows take the place of all others when all of them are there; append: they come behind them.';
COMMENT ON COLUMN data.source_files.sha256 IS 'SHA-256 of all its bytes; NULL for a file that came in several parts, each of which has its own.';
COMMENT ON COLUMN data.source_files.line_end IS 'How its lines end: lf, with or without a CR in front, or a CR alone.';
COMMENT ON COLUMN data.source_files.is_ascii IS 'Whether nothing has been seen yet that tells encodings apart.';
COMMENT ON COLUMN data.source_files.columns IS 'Names of the fields: of the header, made different from each other, or of the objects as they were first seen.';
COMMENT ON COLUMN data.source_files.generation IS 'Where its rows go: data.source_relations.generation.';
COMMENT ON COLUMN data.source_files.job_id IS 'The job that does the next step of loading it.';
COMMENT ON COLUMN data.source_files.part_no IS 'With chunk_no: the piece that is read next.';
COMMENT ON COLUMN data.source_files.carry_text IS 'The beginning of a row, whose end is in the next piece.';
COMMENT ON COLUMN data.source_files.carry_bytes IS 'The beginning of a character, whose end is in the next piece.';
COMMENT ON COLUMN data.source_files.line_count IS 'Lines that are read, the header included.';
CREATE INDEX source_files_created_at_idx ON data.source_files (tenant_id, connection_id, created_at DESC, file_id);
CREATE INDEX source_files_receiving_idx ON data.source_files (created_at) WHERE status = 'receiving';

CREATE TABLE data.source_file_parts (
    tenant_id  uuid        NOT NULL DEFAULT auth.tenant_id(),
    file_id    uuid        NOT NULL,
    part_no    int         NOT NULL,
    content_id uuid        NOT NULL,
    size_bytes bigint      NOT NULL,
    sha256     bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT source_file_parts_pkey            PRIMARY KEY (tenant_id, file_id, part_no),
    CONSTRAINT source_file_parts_file_id_fkey    FOREIGN KEY (tenant_id, file_id)
        REFERENCES data.source_files (tenant_id, file_id) ON DELETE CASCADE,
    CONSTRAINT source_file_parts_content_id_fkey FOREIGN KEY (tenant_id, content_id)
        REFERENCES core.files (tenant_id, file_id) ON DELETE CASCADE,
    CONSTRAINT source_file_parts_part_no_check   CHECK (part_no BETWEEN 1 AND 10000)
);
COMMENT ON TABLE data.source_file_parts IS 'The bytes of a file, in the parts in which they were sent, until it is loaded.';
COMMENT ON CONSTRAINT source_file_parts_part_no_check ON data.source_file_parts IS 'Parts are numbered from 1 to 10000.';
CREATE INDEX source_file_parts_content_id_idx ON data.source_file_parts (tenant_id, content_id);

CREATE TABLE data.source_bad_lines (
    tenant_id uuid   NOT NULL DEFAULT auth.tenant_id(),
    file_id   uuid   NOT NULL,
    line_no   bigint NOT NULL,
    reason    text   NOT NULL,
    line      text   NOT NULL,

    CONSTRAINT source_bad_lines_pkey         PRIMARY KEY (tenant_id, file_id, line_no),
    CONSTRAINT source_bad_lines_file_id_fkey FOREIGN KEY (tenant_id, file_id)
        REFERENCES data.source_files (tenant_id, file_id) ON DELETE CASCADE
);
COMMENT ON TABLE data.source_bad_lines IS 'Lines of files that could not become rows, the first 10000 of a file.';
COMMENT ON COLUMN data.source_bad_lines.line_no IS 'Counted from 1, the header included. Of a JSON array: the place of the element.';
COMMENT ON COLUMN data.source_bad_lines.line IS 'As it came, at most 10000 characters.';

SELECT core.tenant_table('data.source_files', readers => '{member}');
SELECT core.tenant_table('data.source_file_parts', readers => '{member}');
SELECT core.tenant_table('data.source_bad_lines', readers => '{member}');
-- Uploads in parts that nobody went on with are removed for all tenants at once.
CREATE POLICY source_files_abandoned ON data.source_files TO pgserver_owner
    USING      (status = 'receiving' AND created_at <= now() - interval '7 days')
    WITH CHECK (false);

CREATE TYPE data.source_line AS (n bigint, line_no bigint, fields text[], reason text, line text);
COMMENT ON TYPE data.source_line IS
    'A row of a CSV file, or a line that is none for a reason. In front of the rest, which is the beginning of a row, n is 0.';
