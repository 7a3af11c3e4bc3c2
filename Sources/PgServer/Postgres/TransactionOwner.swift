/// Who asked for a transaction and gets its answer.
protocol TransactionOwner: AnyObject {
    /// Comes once for each submitted transaction that was not cancelled, possibly before `submit` has returned. The
    /// transaction may be filled and submitted again from here.
    func answered(_ transaction: Transaction, _ answer: consuming Answer)

    /// PostgreSQL said something while the transaction runs, such as `RAISE NOTICE`. Comes only to owners of
    /// transactions that want it, and nothing may be submitted or cancelled from here: libpq is in the midst of
    /// reading.
    func noticed(_ transaction: Transaction, sqlState: String, message: String)
}

extension TransactionOwner {
    func noticed(_ transaction: Transaction, sqlState: String, message: String) {}
}
