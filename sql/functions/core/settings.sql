-- The settings that no single contract owns.
SELECT core.declare_setting('server.environment', 'PGSERVER_ENV', 'text', 'development',
    'Where the server runs. In production no setting may open a contract.');
SELECT core.declare_setting('auth.issuer', 'PGSERVER_JWT_ISSUER', 'text', 'pgserver',
    'The iss claim of the tokens.');
SELECT core.declare_setting('auth.audience', 'PGSERVER_JWT_AUDIENCE', 'text', '',
    'The aud claim of the tokens; empty for none.');
SELECT core.declare_setting('auth.bcrypt_cost', 'PGSERVER_BCRYPT_COST', 'integer', '12',
    'Cost of a password hash, 4 to 16; 10 is the least for production.');
SELECT core.declare_setting('auth.session_seconds', 'PGSERVER_SESSION_SECONDS', 'integer', '2592000',
    'How long a sign-in lasts while its refresh tokens are used.');
SELECT core.declare_setting('auth.v1_token_seconds', 'PGSERVER_V1_TOKEN_SECONDS', 'integer', '3600',
    'Lifetime of an access token issued under /api/v1/auth.');
SELECT core.declare_setting('auth.token_seconds', 'PGSERVER_TOKEN_SECONDS', 'integer', '1800',
    'Lifetime of an access token issued under /api/auth.');
