/// Reads one page of history for one listener, as its caller: PostgreSQL decides what the caller may see.
final class StreamReplay: TransactionOwner {
    private unowned let replays: StreamReplays
    private unowned let hub: StreamHub
    private let transaction: Transaction
    private var listener: StreamListener?
    private var after: Int64 = 0

    init(replays: StreamReplays, hub: StreamHub) {
        self.replays = replays
        self.hub = hub
        transaction = Transaction(call: hub.historyStatement, timeout: .zero)
        transaction.isReadOnly = true
        transaction.isRetryable = true
    }

    func start(_ listener: StreamListener, of group: StreamGroup) {
        self.listener = listener
        after = listener.position
        listener.beginPage()
        hub.metrics.replayPages += 1
        transaction.attempts = Transaction.Attempts()
        hub.frontend.fillContext(of: transaction, for: listener)
        fill(listener, group)
        transaction.owner = self
        hub.frontend.pool.submit(transaction)
    }

    private func fill(_ listener: StreamListener, _ group: StreamGroup) {
        var arguments = ArgumentBuffer()
        swap(&arguments, &transaction.callArguments)
        arguments.removeAll()
        arguments.append(group.key.routeID)
        Self.append(group.key.filter.topics, to: &arguments)
        Self.append(group.key.filter.types, to: &arguments)
        Self.append(group.key.filter.subjects, to: &arguments)
        arguments.append(Int(after))
        arguments.append(StreamReplays.pageCountMax)
        swap(&arguments, &transaction.callArguments)
    }

    private static func append(_ texts: [String]?, to arguments: inout ArgumentBuffer) {
        guard let texts else { return arguments.appendNull() }
        let start = arguments.bytes.count
        arguments.bytes.append(UInt8(ascii: "{"))
        for (index, text) in texts.enumerated() {
            if index > 0 { arguments.bytes.append(UInt8(ascii: ",")) }
            ArrayLiteral.append(Array(text.utf8).span, as: .text, to: &arguments.bytes)
        }
        arguments.bytes.append(UInt8(ascii: "}"))
        arguments.endValue(from: start)
    }

    func answered(_ transaction: Transaction, _ answer: consuming Answer) {
        guard let listener else { preconditionFailure("a page is read for somebody") }
        self.listener = nil
        switch consume answer {
        case .rows(let result): show(result, to: listener)
        case .failed(let failure): fail(listener, failure)
        case .unavailable: retry(listener, Problem(.unavailable))
        }
        replays.finished(self)
    }

    /// Columns: position, frame, is_error, created_us. The last row says how far the page has looked.
    private func show(_ result: borrowing QueryResult, to listener: StreamListener) {
        guard listener.phase == .catchingUp else { return }
        var bytes: [UInt8] = []
        var count = 0
        let rowCount = result.rowCount
        let epoch = listener.epoch
        for row in 0..<rowCount {
            guard let position = result.number(row: row, column: 0) else { continue }
            if result.string(row: row, column: 2) == "t" {
                hub.metrics.framesFailed += 1
                listener.appendFailure(at: Int64(position), to: &bytes)
            } else if !result.isNull(row: row, column: 1) {
                count += 1
                let frame = result.unsafeField(row: row, column: 1)
                frame.withMemoryRebound(to: UInt8.self) { json in
                    if listener.isWebSocket {
                        EventWire.appendWebSocketText(json.span, to: &bytes)
                    } else {
                        EventWire.appendSSE(
                            id: (epoch, Int64(position)), eventName: listener.plan.relay.eventName, json: json.span,
                            to: &bytes)
                    }
                }
            }
        }
        let last = rowCount > 0 ? Int64(result.number(row: rowCount - 1, column: 0) ?? 0) : after
        listener.endPage(
            bytes, frameCount: count, upTo: last, isLast: last - after < Int64(StreamReplays.pageCountMax))
    }

    private func fail(_ listener: StreamListener, _ failure: SQLFailure) {
        let problem = Problem(failure: failure, isSignedIn: listener.principal != nil, sentences: [:])
        switch problem.status {
        case 401: listener.end(.sessionEnded)
        case 410: listener.end(.historyLost)
        case 500...:
            hub.log("a page of history could not be read: \(failure.sqlState) \(failure.message)")
            retry(listener, problem)
        default: listener.end(.failed(problem))
        }
    }

    private func retry(_ listener: StreamListener, _ problem: Problem) {
        guard listener.phase == .catchingUp else { return }
        if listener.failedPageCount >= StreamReplays.failureCountMax { return listener.end(.failed(problem)) }
        replays.tryAgain(listener)
    }
}
