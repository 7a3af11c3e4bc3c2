extension Problem {
    /// What a client is told of a transaction that got no answer.
    init(_ unavailability: Unavailability) {
        let seconds = max(1, Int(unavailability.retryAfter.components.seconds))
        self.init(
            .unavailable,
            message: unavailability.mayHaveCommitted
                ? "The database did not say whether the request was carried out." : nil,
            retryAfterSeconds: seconds)
        if unavailability.reason == .backendHung { self = Problem(.tooSlow) }
    }
}
