/// From an admitted request to its transaction.
extension Frontend {
    /// Does what the request asks for.
    func perform(
        _ exchange: Exchange, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer, body: Range<Int>
    ) {
        if exchange.isOptions { return answerOptions(exchange) }
        exchange.kept.bytes.replace(with: bytes, 0..<max(head.byteCount, body.upperBound))
        exchange.kept.body = body
        goOn(exchange, head, bytes, body)
    }

    func goOn(
        _ exchange: Exchange, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer, _ body: Range<Int>
    ) {
        if exchange.unknownKey != nil { return lookUpKey(exchange) }
        guard let route = exchange.route else { return }
        switch route.kind {
        case .metrics: collectMetrics(for: exchange)
        case .function: call(exchange, route, head, bytes, body: body)
        case .stream:
            guard let plan = route.stream else { preconditionFailure("a stream's route has its plan") }
            do throws(Problem) { exchange.listener = try streams.reserve(exchange, route, plan) } catch {
                return refuse(exchange, error)
            }
            call(exchange, route, head, bytes, body: body)
        }
    }

    private func call(
        _ exchange: Exchange, _ route: Route, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer,
        body: Range<Int>
    ) {
        let transaction = exchange.transaction
        transaction.claim = nil
        transaction.isGuarded = false
        do throws(Problem) {
            let call = try bind(exchange, route, head, bytes, body: body)
            exchange.call = call
            transaction.call = route.calls[call]
            if let keyed = route.keyed, let field = head.value(of: .idempotencyKey), exchange.principal != nil {
                try claim(exchange, route, keyed, bytes[field], body: bytes[body])
            }
        } catch { return refuse(exchange, error) }
        transaction.context = contextStatement
        transaction.connectionClass = route.connectionClass
        transaction.timeout = route.timeout
        transaction.isReadOnly = route.isReadOnly
        transaction.isRetryable = route.isRetryable
        fillContext(exchange, route, isReadOnly: route.isReadOnly)
        submit(exchange)
    }

    private func bind(
        _ exchange: Exchange, _ route: Route, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer,
        body: Range<Int>
    ) throws(Problem) -> Int {
        let all = bytes.bindMemory(to: UInt8.self).span
        let contentType = head.value(of: .contentType)
        return try binder.bind(
            route.plan, path: all.extracting(head.path), captures: exchange.captures,
            query: all.extracting(head.query ?? 0..<0), body: all.extracting(body),
            contentType: all.extracting(contentType ?? 0..<0),
            header: { name in
                head.value(named: Array(name.utf8).span, in: all).map { Array(copying: all.extracting($0)) }
            },
            server: { name in
                switch name {
                case "state": stateJSON()
                case "upload": exchange.upload?.json
                default: nil
                }
            },
            into: &exchange.transaction.callArguments)
    }

    /// Hands the exchange's transaction to the pool, or answers why not.
    func submit(_ exchange: Exchange) {
        exchange.transaction.owner = exchange
        pool.submit(exchange.transaction)
    }

    static let restartCountMax = 2

    func fillContext(_ exchange: Exchange, _ route: Route, isReadOnly: Bool) {
        fillContext(
            of: exchange.transaction, principal: exchange.principal, route: route, requestID: exchange.requestID,
            address: exchange.address, traceparent: exchange.traceparent, isReadOnly: isReadOnly)
    }

    /// What a stream asks in the name of its listener, long after the request.
    func fillContext(of transaction: Transaction, for listener: StreamListener) {
        transaction.context = contextStatement
        transaction.connectionClass = listener.route.connectionClass
        transaction.timeout = listener.route.timeout
        fillContext(
            of: transaction, principal: listener.principal, route: listener.route, requestID: listener.requestID,
            address: listener.address, traceparent: [], isReadOnly: true)
    }

    /// What the server asks for all of a tenant's listeners: as a member who is no particular user.
    func fillContext(of transaction: Transaction, memberOf tenant: TenantID, route: Route) {
        transaction.context = contextStatement
        let principal: Principal
        do throws(TokenError) {
            principal = try Principal(claimsJSON: Array("{\"tenant_id\":\"\(tenant.text)\"}".utf8))
        } catch { preconditionFailure("a tenant alone is claim enough") }
        fillContext(
            of: transaction, principal: principal, route: route, requestID: .random(using: &generator), address: "",
            traceparent: [], isReadOnly: true)
    }

    /// The parameters of ``EngineSQL/context``, in its order.
    private func fillContext(
        of transaction: Transaction, principal: Principal?, route: Route, requestID: RequestID, address: String,
        traceparent: [UInt8], isReadOnly: Bool
    ) {
        var arguments = ArgumentBuffer()
        swap(&arguments, &transaction.contextArguments)
        arguments.removeAll()
        do throws(ArgumentBuffer.Fault) {
            arguments.append((principal == nil ? "anon" : "member") as StaticString)
            try arguments.append(principal?.tenantID ?? "")
            try arguments.append(principal?.userID ?? "")
            try arguments.append(principal?.sessionID ?? "")
            try arguments.append { if let principal { $0 += principal.claimsJSON } }
            try arguments.append { json in
                json.append("{\"request_id\":\"")
                requestID.appendUUID(to: &json)
                json.append("\",\"address\":\"")
                json.append(contentsOf: address.utf8)
                json.append("\",\"route\":\"")
                json.append(contentsOf: route.name.utf8)
                if !traceparent.isEmpty {
                    json.append("\",\"traceparent\":\"")
                    json.append(contentsOf: traceparent)
                }
                json.append("\"}")
            }
        } catch {
            preconditionFailure("none of these can hold a zero byte: each was checked where it was read")
        }
        arguments.append(Int(route.timeout.wholeMicroseconds / 1000))
        arguments.append((isReadOnly ? "on" : "off") as StaticString)
        swap(&arguments, &transaction.contextArguments)
    }

    // MARK: API keys

    /// Asks SQL whose key it is. The answer comes to ``Frontend/answered(_:_:)``.
    private func lookUpKey(_ exchange: Exchange) {
        guard let key = exchange.unknownKey else { return }
        let transaction = exchange.transaction
        transaction.context = nil
        transaction.contextArguments.removeAll()
        transaction.claim = nil
        transaction.isGuarded = false
        transaction.call = keyStatement
        transaction.callArguments.removeAll()
        transaction.callArguments.append(binary: APIKey.hash(key.span).span)
        transaction.connectionClass = .fast
        transaction.timeout = shared.configuration.statementTimeout
        transaction.isReadOnly = true
        transaction.isRetryable = true
        submit(exchange)
    }

    /// How long a key is not asked about again. That it was revoked shows at once all the same: its session is
    /// checked with every request.
    static let keyLifetimeSeconds: Int64 = 60

    func keyAnswered(_ exchange: Exchange, claims: [UInt8]?) {
        guard let key = exchange.unknownKey else { return }
        exchange.unknownKey = nil
        guard let claims else { return refuse(exchange, Problem(.unauthenticated)) }
        do throws(TokenError) {
            let principal = try Principal(claimsJSON: claims)
            let expiry = min(principal.expiresAt, clock.seconds + Self.keyLifetimeSeconds)
            credentialCache.insert(
                principal, for: key.span, expiresAt: expiry, at: clock.seconds, generation: credentials.generation)
            exchange.principal = principal
        } catch { return refuse(exchange, Problem(.internal)) }
        guard let route = exchange.route else { return }
        charge(exchange, at: route.index)
        if exchange.problem != nil { return refuse(exchange) }
        withKept(exchange) { goOn(exchange, $0, $1, $2) }
    }

    // MARK: Beginning again

    /// Lends the head of the kept request, its bytes, and where its body is.
    func withKept(
        _ exchange: Exchange, _ body: (borrowing RequestHead, UnsafeRawBufferPointer, Range<Int>) -> Void
    ) {
        let kept = exchange.kept
        kept.bytes.withUnsafeBytes { bytes in
            var head = RequestHead()
            var parser = RequestHeadParser()
            do throws(HTTPError) {
                let isWhole = try parser.parse(bytes.bindMemory(to: UInt8.self).span, limits: limits, into: &head)
                precondition(isWhole, "a request is kept once its head has been read")
            } catch { preconditionFailure("the same bytes were read before: \(error)") }
            body(head, bytes, kept.body)
        }
    }

    /// Begins a request again with the catalog that is now in force.
    func restart(_ exchange: Exchange) {
        guard !exchange.isAbandoned else { return }
        exchange.restartCount += 1
        exchange.forgetDecisions()
        withKept(exchange) { head, bytes, body in
            admit(exchange, head, bytes)
            if (exchange.upload == nil) != (exchange.route?.chunks == nil), exchange.problem == nil {
                exchange.problem = Problem(.tryAgain)  // its body is not where it is looked for now
            }
            if exchange.problem != nil { return refuse(exchange) }
            goOn(exchange, head, bytes, body)
        }
    }
}
