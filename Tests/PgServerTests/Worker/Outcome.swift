import Foundation
import Testing

@testable import PgServer

/// An outcome as SQL would read it.
struct Outcome {
    let members: [String: Any]

    init(_ outcome: EffectOutcome) throws {
        members = try #require(try JSONSerialization.jsonObject(with: Data(outcome.json)) as? [String: Any])
    }

    var status: Int? { members["status"] as? Int }
    var body: String? { members["body"] as? String }
    var headers: [String: String] { members["headers"] as? [String: String] ?? [:] }
    var errorCode: String? { (members["error"] as? [String: String])?["code"] }
    var errorMessage: String? { (members["error"] as? [String: String])?["message"] }
}

extension EffectPerformer {
    /// Performs an effect and waits for its outcome.
    func outcome(
        of kind: Effect.Kind, _ arguments: [String: Any], timeout: Duration = .seconds(20),
        begun: (any EffectHandle) -> Void = { _ in }
    ) async throws -> Outcome {
        let json = try JSONSerialization.data(withJSONObject: arguments)
        let effect = Effect(kind: kind, arguments: Array(json), timeout: timeout)
        let outcome: EffectOutcome = await withCheckedContinuation { continuation in
            begun(perform(effect) { continuation.resume(returning: $0) })
        }
        return try Outcome(outcome)
    }
}
