/// One call of the engine's own, whose answer goes to a closure.
final class EngineCall: TransactionOwner {
    let transaction: Transaction
    private var completion: ((consuming Answer) -> Void)?

    private init(_ statement: Statement, timeout: Duration, _ completion: @escaping (consuming Answer) -> Void) {
        transaction = Transaction(call: statement, timeout: timeout)
        self.completion = completion
    }

    /// Sends a statement and hands its answer over, once, possibly before this returns.
    ///
    /// - Parameter timeout: what the session's `statement_timeout` is, for the watchdog.
    static func send(
        _ statement: Statement, _ arguments: [String], on pool: Pool, connectionClass: Transaction.Class = .fast,
        timeout: Duration, then completion: @escaping (consuming Answer) -> Void
    ) {
        let call = EngineCall(statement, timeout: timeout, completion)
        do throws(ArgumentBuffer.Fault) {
            for argument in arguments { try call.transaction.callArguments.append(argument) }
        } catch {
            return completion(.failed(SQLFailure(sqlState: "22021", message: "an argument holds a zero byte")))
        }
        call.transaction.connectionClass = connectionClass
        call.transaction.owner = call
        pool.submit(call.transaction)
    }

    func answered(_ transaction: Transaction, _ answer: consuming Answer) {
        guard let completion else { return }
        self.completion = nil
        completion(answer)
    }
}
