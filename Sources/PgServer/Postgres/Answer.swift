/// How a submitted transaction ended. Its rows are freed with it.
enum Answer: ~Copyable {
    /// Committed, and this is what the call returned.
    case rows(QueryResult)
    /// PostgreSQL refused it and rolled it back.
    case failed(SQLFailure)
    /// It has no answer.
    case unavailable(Unavailability)
}
