/// What PostgreSQL reported when a statement failed: the fields of an ErrorResponse that decide the answer.
///
/// `sqlState` is five characters, such as `23505`. A failure of the connection itself has `08006`. `message`,
/// `detail` and `hint` may hold values of the request, so they reach a client only where the table in ``Problem``
/// says so.
struct SQLFailure: Error, Equatable, Sendable {
    var sqlState: String
    var message: String
    var detail: String?
    var hint: String?
    var schema: String?
    var table: String?
    var column: String?
    var dataType: String?
    var constraint: String?
    /// Whether it was raised inside a function, rather than by the statement that called it.
    var isInsideFunction = false
}
