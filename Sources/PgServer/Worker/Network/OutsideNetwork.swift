/// How effects reach the outside: names, addresses, connections, TLS.
struct OutsideNetwork: Sendable {
    let lookup: NameLookup
    let tls: TLSContext

    /// Longest attempt to reach one address, and most addresses of a name that are tried.
    static let connectLimit = Duration.seconds(10)
    static let attemptCountMax = 4

    /// Connects to the first address of a host that answers.
    ///
    /// - Parameters:
    ///   - policy: which addresses may be reached; nil for a host that the operator named.
    func connect(
        to host: String, port: UInt16, policy: AddressPolicy?, _ patience: EffectPatience
    ) throws(EffectFailure) -> OutsideStream {
        let addresses = try lookup.addresses(of: host, patience).filter { policy?.allows($0) ?? true }
        var failure = EffectFailure(.addressNotAllowed, "This server may not connect to that address.")
        for address in addresses.prefix(Self.attemptCountMax) {
            do throws(EffectFailure) {
                let descriptor = try OutsideSocket.connect(
                    to: address, port: port, until: ContinuousClock.now + Self.connectLimit, patience)
                return OutsideStream(descriptor, to: address, patience)
            } catch {
                guard error.code == .connectFailed else { throw error }
                failure = error
            }
        }
        throw failure
    }
}
