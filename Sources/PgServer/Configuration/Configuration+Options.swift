extension Configuration {
    /// Every variable the server knows. Parsing, `--help` and the table of docs/OPERATING.md all read this one.
    static let options: [Option] = [
        Option(
            "PGSERVER_ENV", \.surroundings, .choice,
            "Where this server runs; settings may forbid themselves in production."),

        Option(
            "PGSERVER_DATABASE_URL", \.databaseURL, .optional(.connection), isSecret: true,
            "Connection of the deploying administrator, as a libpq URI or conninfo string; used by all commands but serve."
        ),
        Option(
            "PGSERVER_LOGIN_PASSWORD", \.loginPassword, .optional(.password), isSecret: true,
            "Password of the server's own login role pgserver: migrate sets it, serve connects with it."),
        Option(
            "PGSERVER_SERVE_URL", \.serveURL, .optional(.connection), isSecret: true,
            "Connection of serve, if it is not PGSERVER_DATABASE_URL's host and database as role pgserver."),
        Option(
            "PGSERVER_SQL_DIR", \.sqlDirectory, .optional(.path), defaultText: "sql beside the executable, else ./sql",
            "Folder that migrate deploys."),

        Option("PGSERVER_HOST", \.host, .address, "Address to listen on."),
        Option("PGSERVER_PORT", \.port, .integer(1...65_535), "TCP port to listen on."),
        Option(
            "PGSERVER_REACTORS", \.reactorCount, .integer(1...256), defaultText: "one for each processor",
            "Number of event loops, each with its own thread, sockets and database connections."),
        Option(
            "PGSERVER_SHUTDOWN_GRACE", \.shutdownGrace, .duration(.zero ... .seconds(600)),
            "How long a stop waits for the requests in flight before it cancels them."),

        Option(
            "PGSERVER_POOL_FAST", \.fastConnectionCount, .integer(1...64),
            "Database connections of each reactor for ordinary routes: half for reads, half for writes. Short reads share one."
        ),
        Option(
            "PGSERVER_POOL_SLOW", \.slowConnectionCount, .integer(1...64),
            "Database connections of each reactor for routes declared slow, such as login."),
        Option(
            "PGSERVER_PIPELINE_DEPTH", \.pipelineDepthMax, .integer(1...256),
            "Most requests in flight on one fast connection."),
        Option(
            "PGSERVER_QUEUE_MAX", \.queueCountMax, .integer(0...100_000),
            "Most requests of each reactor that wait for a connection; the next one is answered 503."),
        Option(
            "PGSERVER_QUEUE_TIMEOUT", \.queueTimeout, .duration(.milliseconds(1) ... .seconds(60)),
            "How long a request waits for a connection before it is answered 503."),
        Option(
            "PGSERVER_STATEMENT_TIMEOUT", \.statementTimeout, .duration(.milliseconds(1) ... .seconds(3600)),
            "How long the function of a route may run that declares no limit of its own."),

        Option(
            "PGSERVER_WORKERS", \.workers, .queueWorkers,
            "Jobs that this process runs at once, by queue, each on a database connection of its own; 0 for none."),
        Option(
            "PGSERVER_JOB_LEASE", \.jobLease, .duration(.seconds(1) ... .seconds(600)),
            "How long after its worker was last heard of a job is given to another one."),

        Option(
            "PGSERVER_TLS_CERTIFICATE_FILE", \.certificateFile, .optional(.file),
            "Certificate of this server and those that lead to its authority; with it clients speak TLS."),
        Option(
            "PGSERVER_TLS_KEY_FILE", \.certificateKeyFile, .optional(.keyFile),
            "Private key of that certificate."),
        Option(
            "PGSERVER_TLS_HANDSHAKE_TIMEOUT", \.http.timeToSecure, .httpTimeout,
            "How long the TLS handshake of a new connection may take."),
        Option(
            "PGSERVER_TLS_HSTS", \.strictTransportAge, .duration(.zero ... .seconds(63_072_000)),
            "How long browsers that came over TLS shall use nothing else (Strict-Transport-Security); 0s for no word."),

        Option(
            "PGSERVER_HTTP_LINE_MAX", \.http.lineByteCountMax, .size(8192...65_536),
            "Longest request line or field line; past it the answer is 414 or 431."),
        Option(
            "PGSERVER_HTTP_HEADER_COUNT_MAX", \.http.fieldCountMax, .integer(8...1000),
            "Most header fields of a request; past it the answer is 431."),
        Option(
            "PGSERVER_HTTP_HEADER_MAX", \.http.headByteCountMax, .size(1024...1_048_576),
            "Most bytes of request line and header fields together; past it the answer is 431."),
        Option(
            "PGSERVER_HTTP_BODY_MAX", \.http.bodyByteCountMax, .size(0...1_073_741_824),
            "Largest body, unless the route declares its own; past it the answer is 413."),
        Option(
            "PGSERVER_HTTP_FIRST_BYTE_TIMEOUT", \.http.timeToFirstByte, .httpTimeout,
            "How long a new connection may stay silent."),
        Option(
            "PGSERVER_HTTP_HEAD_TIMEOUT", \.http.timeToHead, .httpTimeout,
            "How long the line and header fields of a request may take to arrive."),
        Option(
            "PGSERVER_HTTP_BODY_TIMEOUT", \.http.timeToBody, .httpTimeout,
            "How long the body of a request may take to arrive."),
        Option(
            "PGSERVER_HTTP_IDLE_TIMEOUT", \.http.idle, .httpTimeout,
            "How long a connection is kept open between two requests."),
        Option(
            "PGSERVER_HTTP_CONNECTIONS_MAX", \.clientCountMax, .integer(1...1_000_000),
            "Most client connections of the whole server; past it a new one is closed."),
        Option(
            "PGSERVER_HTTP_MEMORY_MAX", \.heldByteCountMax, .size(16_777_216...1_099_511_627_776),
            "Most bytes of unfinished requests and untaken answers, of all reactors; past it those that hold most are cut."
        ),
        Option(
            "PGSERVER_HTTP_PIPELINE_MAX", \.http.pipelineDepthMax, .integer(1...256),
            "Most requests of one connection that are read before the first is answered."),

        Option(
            "PGSERVER_STREAM_BUFFER", \.streams.bufferByteCountMax, .size(16_384...67_108_864),
            "Most bytes that wait for a listener of a stream who reads slowly; past it the stream is closed."),
        Option(
            "PGSERVER_STREAM_PING_INTERVAL", \.streams.pingInterval, .duration(.milliseconds(100) ... .seconds(3600)),
            "How often a WebSocket is sent a ping."),
        Option(
            "PGSERVER_STREAM_PONG_TIMEOUT", \.streams.pongTimeout, .duration(.milliseconds(100) ... .seconds(600)),
            "How long a WebSocket may take to answer a ping before it is closed."),
        Option(
            "PGSERVER_STREAM_REPLAYS", \.streams.replayCountMax, .integer(1...64),
            "Listeners of each reactor that read what they missed at the same time; more take turns."),
        Option(
            "PGSERVER_WEBSOCKET_MESSAGE_MAX", \.streams.messageByteCountMax, .size(128...16_777_216),
            "Largest message that a WebSocket client may send; past it the WebSocket is closed with 1009."),

        Option(
            "PGSERVER_TRUSTED_PROXIES", \.trustedProxies,
            .list(of: "addresses or networks such as 10.0.0.0/8") { isNetwork($0) },
            "Proxies whose X-Forwarded-For field tells the client's address."),

        Option(
            "PGSERVER_EGRESS_ALLOW", \.egressNetworks,
            .list(of: "addresses or networks such as 10.0.0.0/8") { isNetwork($0) },
            "Networks that HTTP requests of jobs may reach besides public addresses."),
        Option(
            "PGSERVER_EGRESS_CA_FILE", \.egressAuthoritiesFile, .optional(.file),
            "Certificates that outside effects trust besides the system's."),
        Option(
            "PGSERVER_SMTP_URL", \.mailServer, .optional(.mailServer), isSecret: true,
            "Mail server that takes the mails of jobs; without it they fail with mail_not_configured."),

        Option(
            "PGSERVER_CORS_ORIGINS", \.crossOrigin.origins,
            .list(of: "origins such as https://app.example.com, or * alone") { isOrigin($0) },
            "Origins whose pages may call this server from a browser."),
        Option(
            "PGSERVER_CORS_METHODS", \.crossOrigin.methods, .list(of: "methods such as GET") { isToken($0) },
            "Methods that those pages may use."),
        Option(
            "PGSERVER_CORS_HEADERS", \.crossOrigin.headers, .list(of: "header names") { isToken($0) },
            "Header fields that those pages may send."),
        Option(
            "PGSERVER_CORS_CREDENTIALS", \.crossOrigin.allowsCredentials, .onOff,
            "Whether browsers may send cookies and stored credentials along."),
        Option(
            "PGSERVER_CORS_MAX_AGE", \.crossOrigin.maxAge, .duration(.zero ... .seconds(86_400)),
            "How long a browser may remember the answer to a preflight."),

        Option(
            "PGSERVER_LOG", \.isLogging, .onOff, "Whether requests are logged, one JSON line each, on standard output."),
        Option(
            "PGSERVER_LOG_SAMPLE", \.logSampleFraction, .fraction,
            "Fraction of the requests that is logged; those answered with 5xx always are."),

        Option(
            "PGSERVER_JWT_ALGORITHM", \.signingAlgorithm, .choice,
            "Algorithm of new signing keys; the public half of all but HS256 is published."),
        Option("PGSERVER_JWT_ISSUER", \.tokenIssuer, .claim, "Claim iss of the tokens we sign and accept."),
        Option(
            "PGSERVER_JWT_ISSUER_REQUIRED", \.requiresTokenIssuer, .onOff,
            "Whether a token without the claim iss is refused; one of another issuer always is."),
        Option(
            "PGSERVER_JWT_AUDIENCE", \.tokenAudience, .optional(.claim),
            "Claim aud of the tokens we sign and accept; without it none is written or asked for."),
    ]
}

extension Syntax<Duration> {
    fileprivate static var httpTimeout: Syntax { .duration(.milliseconds(100) ... .seconds(3600)) }
}

extension Syntax<String> {
    fileprivate static var connection: Syntax {
        .text("a libpq URI such as postgresql://user@host/database, or a conninfo string such as 'host=… dbname=…'") {
            $0.hasPrefix("postgresql://") || $0.hasPrefix("postgres://") || $0.contains("=")
        }
    }

    fileprivate static var password: Syntax { .text("1 to 256 bytes") { (1...256).contains($0.utf8.count) } }

    fileprivate static var path: Syntax { .text("the path of a folder") { !$0.isEmpty } }

    fileprivate static var file: Syntax { .text("the path of a file of PEM certificates") { !$0.isEmpty } }

    fileprivate static var keyFile: Syntax {
        .text("the path of a file with a PEM private key, without a passphrase") { !$0.isEmpty }
    }

    fileprivate static var address: Syntax {
        .text("an IPv4 or IPv6 address such as 127.0.0.1, 0.0.0.0 or ::") { addressBitCount($0) != nil }
    }

    fileprivate static var claim: Syntax { .text("1 to 256 bytes") { (1...256).contains($0.utf8.count) } }
}

extension Syntax<MailServer> {
    /// It is a secret, so it is never written.
    fileprivate static var mailServer: Syntax {
        Syntax(
            expectation: "smtp://user:password@host:587 with STARTTLS, smtps://user:password@host:465, "
                + "or smtp://host:25?starttls=off without a password; names and passwords are percent-encoded",
            read: { MailServer(parsing: $0) }, write: { _ in "" })
    }
}
