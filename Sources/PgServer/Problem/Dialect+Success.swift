extension Dialect {
    /// Whether this template adds nothing to the body, so that the body can be sent from where it lies.
    static func isBare(_ template: Template<SuccessSlot>) -> Bool { template.isOnly(.body) }

    /// Writes the envelope of an answer around its body, which is copied once and never read.
    ///
    /// - Parameters:
    ///   - template: The route's own template, or nil for this contract's.
    ///   - body: JSON, as PostgreSQL wrote it.
    func renderSuccess(
        _ template: Template<SuccessSlot>? = nil, body: Span<UInt8>, requestID: RequestID,
        timestampMilliseconds: Int64, into out: inout [UInt8]
    ) {
        body.withUnsafeBufferPointer { body in
            (template ?? success).write(into: &out) { slot in
                switch slot {
                case .body: .raw(body)
                case .timestamp: .timestamp(timestampMilliseconds)
                case .pagination: .absent
                case .requestID: .requestID(requestID, requestIDForm)
                }
            }
        }
    }

    /// Writes what a route says while PostgreSQL cannot be asked.
    func renderUnavailable(
        _ template: Template<UnavailableSlot>, requestID: RequestID, timestampMilliseconds: Int64,
        into out: inout [UInt8]
    ) {
        template.write(into: &out) { slot in
            switch slot {
            case .timestamp: .timestamp(timestampMilliseconds)
            case .requestID: .requestID(requestID, requestIDForm)
            }
        }
    }
}
