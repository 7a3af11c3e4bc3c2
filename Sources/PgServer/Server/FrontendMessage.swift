/// What other threads tell a reactor's frontend.
enum FrontendMessage: Sendable {
    /// Requests from now on are served by this catalog; those under way keep theirs.
    case install(Catalog, Credentials)
    /// Handshakes from now on use this certificate.
    case secure(ServerTLS)
    /// Take no more connections and requests, finish what is under way, then say so.
    case drain
    /// Take no more connections: another process does. Finish what is under way, with time for who is connected.
    case handOver
    /// Somebody wants to know what this reactor counted.
    case report(to: MetricsCollection)
    /// All reactors have reported.
    case collected(MetricsCollection)

    /// Events for listeners of this reactor, in order.
    case events(EventBatch)
    /// The relay counts every interest up to this generation: listeners that waited for it may read history.
    case interestEffective(generation: UInt64)
    /// Events were left out, because this reactor was behind or history had been trimmed: every listener here must
    /// read on from history, beginning after what it has shown.
    case eventsLeftOut
    /// These sessions are over, and with them their streams.
    case endedSessions(Set<StreamSession>)
}
