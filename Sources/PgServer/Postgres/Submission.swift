/// Something sent on a connection that ends with its own Sync.
struct Submission {
    enum Work {
        case transaction(Transaction)
        /// One setting of a new connection.
        case setUp
        /// Frees statements in PostgreSQL. Its failure harms nobody.
        case deallocate
    }

    var work: Work
    var steps: AwaitedResults.Steps
    /// Steps that execute a statement prepared earlier.
    var namedSteps: AwaitedResults.Steps = []
    /// How many cancel requests had gone to the connection before.
    var cancelCount = 0
    /// How often all statements had been forgotten before; what it says of older ones is no longer of interest.
    var statementGeneration = 0

    var isReadOnly: Bool {
        guard case .transaction(let transaction) = work else { return false }
        return transaction.isReadOnly
    }
}
