-- How many streams may be open at once.

CREATE TABLE core.stream_limits (
    dialect      text    NOT NULL,
    stream_class text    NOT NULL,
    subject      text    NOT NULL,
    limit_count  integer NOT NULL,
    declared_in  text    NOT NULL,
    declared_xid xid8    NOT NULL,

    CONSTRAINT stream_limits_pkey              PRIMARY KEY (dialect, stream_class, subject),
    CONSTRAINT stream_limits_limit_count_check CHECK (limit_count >= 1 AND limit_count <= 1000000)
);
COMMENT ON TABLE core.stream_limits IS
    'How many streams of a class a subject may hold open. Several limits of one class hold together.';
COMMENT ON COLUMN core.stream_limits.subject IS
    'The claim that is counted, or address. Where the claim is missing, nobody being signed in, the address is counted.';
COMMENT ON CONSTRAINT stream_limits_limit_count_check ON core.stream_limits IS 'A limit is 1 to 1000000 streams.';
