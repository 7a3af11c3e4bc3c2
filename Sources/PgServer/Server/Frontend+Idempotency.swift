/// The promise of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): what a client asks for twice under
/// one key is done once, and answered alike.
///
///     context ▸ claim ▸ call and keep ──▶ the answer
///                 └── answered before ──▶ context ▸ replay ──▶ the answer of then
///
/// Claim, effect and kept answer are one transaction: none of them is ever there without the others.
extension Frontend {
    /// Puts a claim of the key in front of the call, and has the call keep its answer.
    func claim(
        _ exchange: Exchange, _ route: Route, _ keyed: KeyedCalls, _ field: Slice<UnsafeRawBufferPointer>,
        body: Slice<UnsafeRawBufferPointer>
    ) throws(Problem) {
        let value = UnsafeRawBufferPointer(rebasing: field)
        guard let key = value.withMemoryRebound(to: UInt8.self, { IdempotencyKey(parsing: $0.span) }) else {
            throw Problem(
                .invalid,
                faults: [
                    Fault(
                        field: "Idempotency-Key", code: "malformed",
                        message: "must be 1 to \(IdempotencyKey.byteCountMax) visible ASCII characters")
                ])
        }
        let fingerprint = Self.fingerprint(of: exchange, body: UnsafeRawBufferPointer(rebasing: body))
        let transaction = exchange.transaction
        transaction.claimArguments.removeAll()
        Self.append(route, key, fingerprint, to: &transaction.claimArguments)
        Self.append(route, key, fingerprint, to: &transaction.callArguments)
        transaction.claim = claimStatement
        transaction.call = keyed.calls[exchange.call]
        transaction.isGuarded = keyed.keepsAll
    }

    /// Reads the answer that the key's first request was given.
    func replay(_ exchange: Exchange, _ route: Route) {
        guard let keyed = route.keyed else { return refuse(exchange, Problem(.internal)) }
        metrics.idempotentReplays += 1
        let transaction = exchange.transaction
        // What was bound is still asked for: it says which page the answer is.
        swap(&transaction.callArguments, &transaction.claimArguments)
        transaction.callArguments.removeLast()  // the fingerprint has been compared
        exchange.isReplay = true
        transaction.claim = nil
        transaction.isGuarded = false
        transaction.call = keyed.replay
        transaction.isReadOnly = true
        transaction.isRetryable = true
        fillContext(exchange, route, isReadOnly: true)
        submit(exchange)
    }

    /// The arguments that the request was bound to.
    func boundArguments(of exchange: Exchange) -> ArgumentBuffer {
        exchange.isReplay ? exchange.transaction.claimArguments : exchange.transaction.callArguments
    }

    /// What makes two requests the same: method, path, query and body, byte for byte.
    private static func fingerprint(of exchange: Exchange, body: UnsafeRawBufferPointer) -> [UInt8] {
        var text = body.withMemoryRebound(to: UInt8.self) { Digest.sha256.hash($0.span) }
        text.append(exchange.method.name)
        text.append(HTTPByte.space)
        text += exchange.path
        text.append(HTTPByte.space)  // which no target holds
        text += exchange.query
        return Digest.sha256.hash(text.span)
    }

    private static func append(
        _ route: Route, _ key: IdempotencyKey, _ fingerprint: [UInt8], to arguments: inout ArgumentBuffer
    ) {
        do throws(ArgumentBuffer.Fault) {
            try arguments.append(route.name)
            try arguments.append(key.bytes.span)
        } catch { preconditionFailure("neither a route's name nor visible ASCII holds a zero byte") }
        arguments.append(binary: fingerprint.span)
    }
}
