/// Performs HTTP requests for jobs: each on a thread and a connection of its own.
struct HTTPPerformer: EffectPerformer {
    private let network: OutsideNetwork
    private let policy: AddressPolicy
    private let threads: EffectThreads

    /// - Parameter concurrencyMax: most requests at once; further ones wait in line, within their time.
    init(_ network: OutsideNetwork, policy: AddressPolicy, concurrencyMax: Int = 64) {
        self.network = network
        self.policy = policy
        threads = EffectThreads(name: "effect-http", countMax: concurrencyMax)
    }

    func perform(
        _ effect: Effect, completion: @escaping @Sendable (EffectOutcome) -> Void
    ) -> any EffectHandle {
        threads.perform(completion) { [network, policy] call in
            let request: HTTPEffect
            do throws(EffectFailure) { request = try HTTPEffect(effect.arguments) } catch {
                return EffectOutcome(error, after: call.age)
            }
            let patience = EffectPatience(call, within: min(effect.timeout, request.timeout ?? effect.timeout))
            var exchange = HTTPExchange(request, network, policy, patience)
            do throws(EffectFailure) { return try exchange.perform().outcome(after: call.age) } catch {
                let members = exchange.address.map { ["\"address\":\"\($0)\""] } ?? []
                return EffectOutcome(error, after: call.age, members)
            }
        }
    }
}
