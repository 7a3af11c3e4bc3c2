/// The statements that keep the answer of a call, and give it again.
extension CallPlan {
    /// Makes a call and keeps its answer under the client's key, in one statement. The rows are those of ``Call/sql``,
    /// with one column behind them. Three parameters follow those of the call: route, key and fingerprint.
    ///
    /// An answer that holds tokens is not kept: who asks again gets new ones.
    func keepingSQL(_ call: Call) -> String {
        let first = call.argumentIndices.count { $0 != nil } + 1
        let place = "$\(first)::text, $\(first + 1)::text, $\(first + 2)::bytea"
        func statement(_ answer: String, _ columns: String, _ text: String) -> String {
            "WITH a AS MATERIALIZED (\(answer)) SELECT \(columns), \(Self.keeping(place, text, returns)) FROM a"
        }
        switch returns {
        case .json, .jsonb, .text, .bytes:
            return statement("SELECT \(call.value(returns)) AS v", "a.v", "a.v::text")
        case .void: return statement("SELECT \(call.value(returns)) AS v", "a.v", "''")
        case .reply, .page, .subscription:
            return statement(
                "SELECT f AS v FROM \(call.expression) AS f", Self.columns(of: "(a.v)", returns), "a.v::text")
        }
    }

    /// Reads what ``keepingSQL(_:)`` has kept, as the function would have answered. Parameters: route and key.
    var replaySQL: String {
        let text = "api.idempotency_answer($1::text, $2::text)"
        switch returns {
        case .json, .jsonb: return "SELECT \(text)::\(returns.rawValue)"
        case .text, .void: return "SELECT \(text)"
        case .bytes: return "SELECT \(text)::bytea"
        case .reply, .page, .subscription:
            // The fence keeps the function from being called once for each column.
            return
                "SELECT \(Self.columns(of: "(a.v)", returns)) FROM (SELECT \(text)::api.\(returns.rawValue) AS v OFFSET 0) AS a"
        }
    }

    private static func keeping(_ place: String, _ text: String, _ returns: Returns) -> String {
        let call = "api.idempotency_store(\(place), \(text))"
        return returns == .reply ? "CASE WHEN (a.v).tokens IS NULL THEN \(call) END" : call
    }
}
