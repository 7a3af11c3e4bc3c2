extension Effect {
    /// Who performs effects of each kind, as the configuration allows.
    ///
    /// - Throws: a sentence for a network or a file of certificates that cannot be used.
    static func performers(
        for configuration: Configuration
    ) throws(ConfigurationError) -> [Kind: any EffectPerformer] {
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
        let workerCount = configuration.workers.reduce(0) { $0 + $1.count }
        return [
            .http: HTTPPerformer(
                network, policy: AddressPolicy(allowing: allowed), concurrencyMax: max(1, workerCount)),
            .mail: MailPerformer(network, server: configuration.mailServer),
        ]
    }
}
