/// Why a statement, or the connection that carried it, failed.
struct PostgresError: Error, Equatable, Sendable {
    var failure: SQLFailure
    /// Where in the text of the statement PostgreSQL saw the fault, in characters from 1; `nil` if it did not say.
    var position: Int?
    /// PostgreSQL's call stack, such as the line of the function that raised.
    var context: String?
    /// How many statements of a script had succeeded before this one.
    var completedStatementCount = 0

    /// A failure of the connection itself, which has no statement to blame.
    static func connection(_ message: String) -> PostgresError {
        PostgresError(failure: SQLFailure(sqlState: "08006", message: message))
    }
}
