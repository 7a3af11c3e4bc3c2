/// Why a transaction got no answer from PostgreSQL, and when trying again makes sense.
struct Unavailability: Error, Equatable, Sendable {
    enum Reason: Equatable, Sendable {
        /// Too many others waited already.
        case queueFull
        /// It waited for a connection as long as anything may wait.
        case waitedTooLong
        /// The connection was lost while the transaction was on it.
        case connectionLost
        /// PostgreSQL did not answer although its own time limit had passed, and the connection was given up.
        case backendHung
        /// It was cancelled again and again together with its neighbours.
        case disturbed
        /// The pool has stopped.
        case stopping
    }

    var reason: Reason
    var retryAfter: Duration
    /// True when PostgreSQL may have committed the transaction and only its word for it is missing. Such a request
    /// must not be repeated blindly, neither here nor by the client.
    var mayHaveCommitted = false
}
