-- Settings, rate policies, and the domains that bound a list.

CREATE DOMAIN core.page_limit AS integer
    CONSTRAINT page_limit_check CHECK (VALUE >= 1 AND VALUE <= 1000);
COMMENT ON DOMAIN core.page_limit IS 'Most records of one page, 1 to 1000.';
COMMENT ON CONSTRAINT page_limit_check ON DOMAIN core.page_limit IS 'A page holds 1 to 1000 records.';

CREATE DOMAIN core.page_limit_100 AS integer
    CONSTRAINT page_limit_100_check CHECK (VALUE >= 1 AND VALUE <= 100);
COMMENT ON DOMAIN core.page_limit_100 IS 'Most records of one page, 1 to 100.';
COMMENT ON CONSTRAINT page_limit_100_check ON DOMAIN core.page_limit_100 IS 'A page holds 1 to 100 records.';

CREATE DOMAIN core.page_limit_10000 AS integer
    CONSTRAINT page_limit_10000_check CHECK (VALUE >= 1 AND VALUE <= 10000);
COMMENT ON DOMAIN core.page_limit_10000 IS 'Most records of one page, 1 to 10000.';
COMMENT ON CONSTRAINT page_limit_10000_check ON DOMAIN core.page_limit_10000 IS 'A page holds 1 to 10000 records.';

CREATE DOMAIN core.page_size_100 AS integer
    CONSTRAINT page_size_100_check CHECK (VALUE >= 1 AND VALUE <= 100);
COMMENT ON DOMAIN core.page_size_100 IS 'Records of one page, 1 to 100.';
COMMENT ON CONSTRAINT page_size_100_check ON DOMAIN core.page_size_100 IS 'A page holds 1 to 100 records.';

CREATE DOMAIN core.page_offset AS integer
    CONSTRAINT page_offset_check CHECK (VALUE >= 0);
COMMENT ON DOMAIN core.page_offset IS 'Records to skip before the page, from 0.';
COMMENT ON CONSTRAINT page_offset_check ON DOMAIN core.page_offset IS 'The offset must not be negative.';

CREATE DOMAIN core.page_number AS integer
    CONSTRAINT page_number_check CHECK (VALUE >= 1 AND VALUE <= 1000000);
COMMENT ON DOMAIN core.page_number IS 'Number of the page, from 1.';
COMMENT ON CONSTRAINT page_number_check ON DOMAIN core.page_number IS 'Pages are numbered from 1 to 1000000.';

CREATE DOMAIN core.short_text AS text
    CONSTRAINT short_text_check CHECK (char_length(VALUE) >= 1 AND char_length(VALUE) <= 200);
COMMENT ON DOMAIN core.short_text IS 'A name or title, 1 to 200 characters.';
COMMENT ON CONSTRAINT short_text_check ON DOMAIN core.short_text IS 'This text must have 1 to 200 characters.';

CREATE DOMAIN core.long_text AS text
    CONSTRAINT long_text_check CHECK (char_length(VALUE) <= 20000);
COMMENT ON DOMAIN core.long_text IS 'A description, up to 20000 characters.';
COMMENT ON CONSTRAINT long_text_check ON DOMAIN core.long_text IS 'This text may have at most 20000 characters.';

CREATE TYPE core.setting_type AS ENUM ('boolean', 'integer', 'text');

CREATE TABLE core.settings (
    name           text              NOT NULL,
    environment    text              NOT NULL,
    type           core.setting_type NOT NULL,
    default_value  text              NULL,
    value          text              NULL,
    is_kill_switch boolean           NOT NULL,
    description    text              NOT NULL,
    declared_in    text              NOT NULL,
    declared_xid   xid8              NOT NULL,

    CONSTRAINT settings_pkey            PRIMARY KEY (name),
    CONSTRAINT settings_environment_key UNIQUE (environment),
    CONSTRAINT settings_value_check     CHECK (
        CASE type
            WHEN 'boolean' THEN COALESCE(value IN ('true', 'false'), true)
            WHEN 'integer' THEN COALESCE(value ~ '^-?[0-9]{1,18}$', true)
            ELSE true
        END),
    CONSTRAINT settings_default_value_check CHECK (
        CASE type
            WHEN 'boolean' THEN default_value IS NOT NULL AND default_value IN ('true', 'false')
            WHEN 'integer' THEN default_value IS NOT NULL AND default_value ~ '^-?[0-9]{1,18}$'
            ELSE true
        END),
    CONSTRAINT settings_kill_switch_check CHECK (NOT is_kill_switch OR type = 'boolean')
);
COMMENT ON TABLE core.settings IS
    'What an operator may set. The environment variable wins over the value, the value over the default.';
COMMENT ON CONSTRAINT settings_environment_key ON core.settings IS
    'Another setting is already read from this environment variable.';
COMMENT ON CONSTRAINT settings_value_check ON core.settings IS 'The value does not fit the type of the setting.';
COMMENT ON CONSTRAINT settings_default_value_check ON core.settings IS
    'The default does not fit the type of the setting.';
COMMENT ON CONSTRAINT settings_kill_switch_check ON core.settings IS 'A kill switch is a boolean.';

CREATE TYPE core.rate_kind AS ENUM ('bucket', 'window');

CREATE TABLE core.rate_policies (
    dialect        text           NOT NULL,
    rate_class     text           NOT NULL,
    subject        text           NOT NULL,
    selector_claim text           NULL,
    selector_value text           NULL,
    kind           core.rate_kind NOT NULL,
    limit_count    integer        NOT NULL,
    window_seconds integer        NOT NULL,
    burst          integer        NOT NULL,
    declared_in    text           NOT NULL,
    declared_xid   xid8           NOT NULL,

    CONSTRAINT rate_policies_key UNIQUE NULLS NOT DISTINCT (dialect, rate_class, selector_claim, selector_value),
    CONSTRAINT rate_policies_selector_check       CHECK ((selector_claim IS NULL) = (selector_value IS NULL)),
    CONSTRAINT rate_policies_limit_count_check    CHECK (limit_count >= 1 AND limit_count <= 1000000),
    CONSTRAINT rate_policies_window_seconds_check CHECK (window_seconds >= 1 AND window_seconds <= 86400),
    CONSTRAINT rate_policies_burst_check CHECK (
        burst <= 1000000
        AND CASE kind WHEN 'bucket' THEN burst >= 1 ELSE burst >= 0 END)
);
COMMENT ON TABLE core.rate_policies IS
    'How many requests a class of routes takes. A bucket holds burst and refills at the rate; a window admits the rate plus burst.';
COMMENT ON COLUMN core.rate_policies.subject IS
    'The claim that is counted, or address. Where the claim is missing, nobody being signed in, the address is counted.';
COMMENT ON CONSTRAINT rate_policies_key ON core.rate_policies IS 'This class already has such a policy.';
COMMENT ON CONSTRAINT rate_policies_selector_check ON core.rate_policies IS
    'A policy names both the selecting claim and its value, or neither.';
COMMENT ON CONSTRAINT rate_policies_limit_count_check ON core.rate_policies IS 'A limit is 1 to 1000000 requests.';
COMMENT ON CONSTRAINT rate_policies_window_seconds_check ON core.rate_policies IS 'A window is 1 second to a day.';
COMMENT ON CONSTRAINT rate_policies_burst_check ON core.rate_policies IS
    'A bucket holds at least one request; an allowance is not negative.';
