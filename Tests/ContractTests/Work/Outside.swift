import Foundation
import Testing

@testable import PgServer

/// What the tests of outside effects share: names that lead to this machine, and outcomes as SQL would read them.
enum Outside {
    /// `*.test` are names of this machine; all others are looked up as ever.
    static func network(trusting certificate: Certificate? = nil) throws -> OutsideNetwork {
        OutsideNetwork(
            lookup: NameLookup { name in
                name.hasSuffix(".test") ? .addresses([ClientAddress(v4: 0x7F00_0001)]) : NameLookup.systemAnswer(name)
            }, tls: try TLSContext(authoritiesFile: certificate?.path))
    }

    static func http(_ network: OutsideNetwork, allowing networks: String = "127.0.0.1") throws -> HTTPPerformer {
        HTTPPerformer(
            network, policy: AddressPolicy(allowing: try NetworkList(parsing: networks)), concurrencyMax: 8)
    }

    static func perform(
        _ performer: some EffectPerformer, _ kind: Effect.Kind, _ arguments: [String: Any],
        timeout: Duration = .seconds(30)
    ) async throws -> [String: Any] {
        let json = try JSONSerialization.data(withJSONObject: arguments)
        let outcome: EffectOutcome = await withCheckedContinuation { continuation in
            _ = performer.perform(Effect(kind: kind, arguments: Array(json), timeout: timeout)) {
                continuation.resume(returning: $0)
            }
        }
        return try object(outcome.json)
    }

    static func object(_ json: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
    }

    static func errorMessage(_ outcome: [String: Any]) -> String {
        (outcome["error"] as? [String: String])?["message"] ?? ""
    }

    static func errorCode(_ outcome: [String: Any]) -> String? { (outcome["error"] as? [String: String])?["code"] }
}
