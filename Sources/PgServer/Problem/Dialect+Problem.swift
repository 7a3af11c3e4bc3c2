extension Dialect {
    /// Writes the body of an error answer.
    func render(
        _ problem: Problem, requestID: RequestID, timestampMilliseconds: Int64, into out: inout [UInt8]
    ) -> RenderedProblem {
        let rendered = resolve(problem)
        let faults = problem.faults.isEmpty ? nil : render(problem.faults)
        error.write(into: &out) { slot in
            switch slot {
            case .status: .number(rendered.status)
            case .code: .text(rendered.code)
            case .message: .text(rendered.message)
            case .hint: problem.hint.map(SlotValue.text) ?? .absent
            case .timestamp: .timestamp(timestampMilliseconds)
            case .requestID: .requestID(requestID, requestIDForm)
            case .retryAfter: problem.retryAfterSeconds.map(SlotValue.number) ?? .absent
            case .faults: faults.map(SlotValue.bytes) ?? .absent
            case .firstField: problem.faults.first.map { .text($0.field) } ?? .absent
            case .firstCode: problem.faults.first.map { .text($0.code) } ?? .absent
            case .firstMessage: problem.faults.first.map { .text($0.message) } ?? .absent
            }
        }
        return rendered
    }

    /// Status, code and sentence in this contract's words.
    ///
    /// A row for the very code decides. Without one the status stays as raised, and the code is either what was raised,
    /// if that is in capitals and so meant for the client, or this contract's name for the status in general.
    func resolve(_ problem: Problem) -> RenderedProblem {
        let generic = ProblemCode(genericFor: problem.status)
        let genericRow = row(for: generic.rawValue)
        let raised = problem.message ?? Self.sentence(of: problem.faults)
        var rendered = RenderedProblem(
            status: problem.status, code: genericRow?.publicCode ?? generic.rawValue, message: "",
            retryAfterSeconds: problem.retryAfterSeconds)
        if let row = row(for: problem.code) {
            rendered.status = row.status
            rendered.code = row.publicCode ?? rendered.code
            let fallback = ProblemCode(rawValue: problem.code) ?? generic
            rendered.message = row.message ?? raised ?? genericRow?.message ?? fallback.sentence
        } else {
            if Self.isPublic(problem.code) { rendered.code = problem.code }
            if problem.isInvalidValue, let genericRow { rendered.status = genericRow.status }
            rendered.message = raised ?? genericRow?.message ?? generic.sentence
        }
        return rendered
    }

    private func render(_ faults: [Fault]) -> [UInt8] {
        var out: [UInt8] = []
        for (index, item) in faults.enumerated() {
            if index > 0 { out.append(contentsOf: faultSeparator.utf8) }
            fault.write(into: &out) { slot in
                switch slot {
                case .field: .text(item.field)
                case .code: .text(item.code)
                case .message: .text(item.message)
                }
            }
        }
        return out
    }

    /// Puts the first fault into a sentence, for a contract whose errors have no list of fields.
    private static func sentence(of faults: [Fault]) -> String? {
        guard let fault = faults.first else { return nil }
        let isPredicate = fault.message.utf8.first.map { (97...122).contains($0) } ?? false  // a…z
        return isPredicate && !fault.field.isEmpty ? "\(fault.field) \(fault.message)" : fault.message
    }

    /// `UPPER_CASE`: letters, digits and underscores, beginning with a letter.
    private static func isPublic(_ code: String) -> Bool {
        guard let first = code.utf8.first, (65...90).contains(first) else { return false }  // A…Z
        return code.utf8.allSatisfy { (65...90).contains($0) || $0.isDigit || $0 == UInt8(ascii: "_") }
    }
}
