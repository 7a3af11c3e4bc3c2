@testable import PgServer

/// Writes down the answers it gets, as values that tests compare.
final class AnswerBook: TransactionOwner {
    enum Entry: Equatable {
        /// The first field of the first row.
        case value(String?)
        case noRows
        case failed(String)
        case unavailable(Unavailability.Reason, mayHaveCommitted: Bool)
    }

    private(set) var entries: [ObjectIdentifier: Entry] = [:]
    private(set) var failures: [SQLFailure] = []
    private(set) var answerCount = 0
    /// SQLSTATE and message of each notice.
    private(set) var notices: [String] = []
    private var asked: [Transaction] = []

    /// All answers in the order in which the transactions were asked; nil is no answer.
    var inOrder: [Entry?] { asked.map { entries[ObjectIdentifier($0)] } }

    func expect(_ transaction: Transaction) -> Transaction {
        asked.append(transaction)  // keeps it alive, so that its identity stays its own
        transaction.owner = self
        return transaction
    }

    func noticed(_ transaction: Transaction, sqlState: String, message: String) {
        notices.append("\(sqlState) \(message)")
    }

    func answered(_ transaction: Transaction, _ answer: consuming Answer) {
        answerCount += 1
        switch consume answer {
        case .rows(let result):
            let entry: Entry = result.rowCount == 0 ? .noRows : .value(result.string(row: 0, column: 0))
            entries[ObjectIdentifier(transaction)] = entry
        case .failed(let failure):
            failures.append(failure)
            entries[ObjectIdentifier(transaction)] = .failed(failure.sqlState)
        case .unavailable(let why):
            entries[ObjectIdentifier(transaction)] = .unavailable(why.reason, mayHaveCommitted: why.mayHaveCommitted)
        }
    }
}
