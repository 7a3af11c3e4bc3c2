-- The catalog: what the server knows of the outside. Rows are declared by the files of sql/functions and are replaced
-- when their file is applied again; nobody else writes them.

CREATE TYPE api.fault AS (field text, code text, message text);
COMMENT ON TYPE api.fault IS 'One field of a request that cannot be accepted.';

CREATE TYPE api.page AS (items json, total bigint, item_count integer);
COMMENT ON TYPE api.page IS 'One page of a list; the route''s page template prints it.';

CREATE TYPE api.reply AS (
    status integer, headers json, content_type text, body text, bytes bytea, tokens json);
COMMENT ON TYPE api.reply IS
    'A whole response. tokens is {"member": {claims}}: each is signed and becomes a leading member of the object in body.';

CREATE TYPE api.auth_kind    AS ENUM ('none', 'optional', 'required');
CREATE TYPE api.pool_kind    AS ENUM ('fast', 'slow');
CREATE TYPE api.route_kind   AS ENUM ('function', 'metrics');
CREATE TYPE api.page_style   AS ENUM ('offset', 'page');
CREATE TYPE api.field_policy AS ENUM ('ignore', 'refuse');

CREATE TABLE api.routes (
    route_id             integer          GENERATED ALWAYS AS IDENTITY,
    method               text             NOT NULL,
    path                 text             NOT NULL,
    kind                 api.route_kind   NOT NULL,
    function_name        text             NULL,
    dialect              text             NULL,
    auth                 api.auth_kind    NOT NULL,
    permission           text             NULL,
    rate_class           text             NULL,
    pool                 api.pool_kind    NOT NULL,
    timeout_ms           integer          NOT NULL,
    success_status       integer          NOT NULL,
    page_template        text             NULL,
    items_key            text             NULL,
    success_template     text             NULL,
    sources              jsonb            NOT NULL,
    unknown_fields       api.field_policy NULL,
    max_body_bytes       integer          NULL,
    content_type         text             NULL,
    unavailable_template text             NULL,
    returns       jsonb            NULL,
    errors               text[]           NOT NULL,
    tag                  text             NULL,
    declared_in          text             NOT NULL,
    declared_xid         xid8             NOT NULL,

    CONSTRAINT routes_pkey                 PRIMARY KEY (route_id),
    CONSTRAINT routes_method_path_key      UNIQUE (method, path),
    CONSTRAINT routes_method_check         CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
    CONSTRAINT routes_function_name_check  CHECK ((function_name IS NULL) = (kind = 'metrics')),
    CONSTRAINT routes_function_form_check  CHECK (function_name ~ '^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$'),
    CONSTRAINT routes_timeout_ms_check     CHECK (timeout_ms >= 1 AND timeout_ms <= 300000),
    CONSTRAINT routes_success_status_check CHECK (success_status >= 200 AND success_status <= 299),
    CONSTRAINT routes_max_body_bytes_check CHECK (max_body_bytes >= 0),
    CONSTRAINT routes_permission_check     CHECK (permission IS NULL OR auth = 'required')
);
COMMENT ON TABLE api.routes IS 'One row for each endpoint: which function answers it, and how.';
COMMENT ON COLUMN api.routes.dialect IS 'NULL: the dialect named like the function''s schema, else server.';
COMMENT ON COLUMN api.routes.declared_in IS 'The file that declared the row.';
COMMENT ON COLUMN api.routes.declared_xid IS
    'The transaction that declared it: what the same file declared in an earlier one is gone.';
COMMENT ON CONSTRAINT routes_method_path_key ON api.routes IS 'Another file already declares this endpoint.';
COMMENT ON CONSTRAINT routes_permission_check ON api.routes IS 'A permission can only be asked of somebody signed in.';
COMMENT ON CONSTRAINT routes_function_form_check ON api.routes IS 'A function is named schema.function.';
COMMENT ON CONSTRAINT routes_timeout_ms_check ON api.routes IS 'A route may take 1 ms to 5 minutes.';

CREATE TABLE api.dialects (
    dialect           text             NOT NULL,
    inherits          text             NULL,
    title             text             NOT NULL,
    prefixes          text[]           NOT NULL,
    success_template  text             NOT NULL,
    error_template    text             NOT NULL,
    fault_template    text             NOT NULL,
    fault_separator   text             NOT NULL,
    request_id_form   text             NOT NULL,
    page_style        api.page_style   NOT NULL,
    page_param        text             NOT NULL,
    size_param        text             NOT NULL,
    offset_param      text             NOT NULL,
    page_template     text             NOT NULL,
    page_headers      jsonb            NULL,
    unknown_fields    api.field_policy NOT NULL,
    auth_setting      text             NULL,
    open_claims       jsonb            NULL,
    www_authenticate  text             NULL,
    declared_in       text             NOT NULL,
    declared_xid      xid8             NOT NULL,

    CONSTRAINT dialects_pkey              PRIMARY KEY (dialect),
    CONSTRAINT dialects_auth_setting_check CHECK ((auth_setting IS NULL) = (open_claims IS NULL)),
    CONSTRAINT dialects_inherits_check     CHECK (inherits <> dialect)
);
COMMENT ON TABLE api.dialects IS 'How one contract writes its envelopes, errors and pages.';
COMMENT ON COLUMN api.dialects.inherits IS 'A dialect whose problems and rate policies hold here too, unless redeclared.';
COMMENT ON CONSTRAINT dialects_auth_setting_check ON api.dialects IS
    'A dialect that a setting can open must say as whom requests then run.';

CREATE TABLE api.problems (
    dialect      text    NOT NULL,
    code         text    NOT NULL,
    status       integer NOT NULL,
    public_code  text    NULL,
    message      text    NULL,
    declared_in  text    NOT NULL,
    declared_xid xid8    NOT NULL,

    CONSTRAINT problems_pkey         PRIMARY KEY (dialect, code),
    CONSTRAINT problems_status_check CHECK (status >= 400 AND status <= 599)
);
COMMENT ON TABLE api.problems IS 'What a contract says for an internal code: its status, its code, its sentence.';
COMMENT ON COLUMN api.problems.message IS 'NULL: the sentence that was raised.';
