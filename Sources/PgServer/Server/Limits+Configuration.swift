extension HTTPLimits {
    /// The limits that the environment sets; the others keep their defaults.
    init(_ configuration: Configuration) {
        self.init()
        lineByteCountMax = configuration.http.requestLineByteCountMax
        fieldCountMax = configuration.http.headerCountMax
        headByteCountMax = configuration.http.headerByteCountMax
        bodyByteCountMax = configuration.http.bodyByteCountMax
        pipelineDepthMax = configuration.http.pipelinedRequestCountMax
        timeToFirstByte = configuration.http.firstByteTimeout
        timeToHead = configuration.http.headTimeout
        timeToBody = configuration.http.bodyTimeout
        idle = configuration.http.idleTimeout
    }
}

extension Duration {
    /// Whole microseconds, without going through a floating-point number.
    var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}

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
