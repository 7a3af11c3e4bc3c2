/// Who asked for a transaction and gets its answer.
protocol TransactionOwner: AnyObject {
    /// Comes once for each submitted transaction that was not cancelled, possibly before `submit` has returned. The
    /// transaction may be filled and submitted again from here.
    func answered(_ transaction: Transaction, _ answer: consuming Answer)
}
