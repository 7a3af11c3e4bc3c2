/// How to reach PostgreSQL and what each connection sets up before it serves.
struct ConnectionConfiguration: Sendable {
    /// libpq's keywords; a later one overrides an earlier one, and the first `dbname` may be a whole URL. libpq resolves
    /// host names while it blocks: give addresses, a socket directory, or a name with its `hostaddr`, or each new
    /// connection may hold up its thread for as long as the resolver takes.
    var keywords: [(String, String)]
    var applicationName = "pgserver"
    /// Set for the session by `set_config` in the connection's first transactions, so that no value needs the
    /// escaping of `options` and a pooler between us and PostgreSQL does not matter.
    var settings: [(name: String, value: String)] = []
    /// From the first packet to the last setting.
    var connectTimeout = Duration.seconds(10)

    /// What ``target`` may override: a peer that vanished is noticed within a minute.
    private static let defaults = [
        ("keepalives", "1"), ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "30000"),  // milliseconds
    ]

    /// Lends libpq's two lists, each closed by a null pointer.
    ///
    /// - Throws: if a value holds a zero byte.
    func withKeywords<R>(
        _ body: (_ keywords: ArgumentBuffer.Pointers, _ values: ArgumentBuffer.Pointers) -> R
    ) throws(ArgumentBuffer.Fault) -> R {
        var names = ArgumentBuffer()
        var values = ArgumentBuffer()
        let parameters =
            Self.defaults + self.keywords + [
                ("application_name", applicationName), ("client_encoding", "UTF8"),
            ]
        for (keyword, value) in parameters {
            try names.append(keyword)
            try values.append(value)
        }
        names.appendNull()
        values.appendNull()
        return names.withPointers { names in values.withPointers { body(names, $0) } }
    }
}
