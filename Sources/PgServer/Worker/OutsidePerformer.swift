/// Performs effects of every kind, as the configuration allows.
struct OutsidePerformer: EffectPerformer {
    private let http: HTTPPerformer
    private let mail: MailPerformer

    init(http: HTTPPerformer, mail: MailPerformer) {
        self.http = http
        self.mail = mail
    }

    /// - Throws: a sentence for a network or a file of certificates that cannot be used.
    init(_ configuration: Configuration) throws(ConfigurationError) {
        let allowed: NetworkList
        do throws(AdmissionError) {
            allowed = try NetworkList(parsing: configuration.egressNetworks.joined(separator: " "))
        } catch {
            throw ConfigurationError(sentences: [
                "PGSERVER_EGRESS_ALLOW: \(error); expected networks without bits behind their prefix, "
                    + "such as 10.0.0.0/8."
            ])
        }
        let network = OutsideNetwork(
            lookup: NameLookup(), tls: try TLSContext(authoritiesFile: configuration.egressAuthoritiesFile))
        self.init(
            http: HTTPPerformer(network, policy: AddressPolicy(allowing: allowed)),
            mail: MailPerformer(network, server: configuration.mailServer))
    }

    func perform(
        _ effect: Effect, completion: @escaping @Sendable (EffectOutcome) -> Void
    ) -> any EffectHandle {
        switch effect.kind {
        case .http: http.perform(effect, completion: completion)
        case .mail: mail.perform(effect, completion: completion)
        }
    }
}
