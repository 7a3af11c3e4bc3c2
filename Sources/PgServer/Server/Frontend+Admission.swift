/// What is decided about a request before PostgreSQL hears of it: its route, its caller, its limits.
extension Frontend {
    /// Decides as far as the head allows. A refusal is left in ``Exchange/problem``.
    ///
    /// - Parameter bytes: of the request, from its first byte.
    func admit(_ exchange: Exchange, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer) {
        clock.refresh()
        note(exchange, head, bytes)
        let path = bytes[head.path]
        guard let method = RouteMethod(rawValue: head.method.rawValue) else { return }
        let match = path.withMemoryRebound(to: UInt8.self) { bytes in
            catalog.table.match(method, bytes.span, into: &exchange.captures)
        }
        switch match {
        case .route(let index):
            let route = catalog.routes[index]
            exchange.route = route
            exchange.dialect = route.dialect
            exchange.bodyByteCountMax = route.bodyByteCountMax ?? limits.bodyByteCountMax
            admit(exchange, to: route, at: index, head, bytes)
        case .methodNotAllowed(let allowed, let dialect):
            exchange.dialect = dialect
            exchange.allowed = allowed
            if head.method == .options {
                exchange.isOptions = true
            } else {
                exchange.problem = Problem(.methodNotAllowed)
            }
        case .notFound(let dialect):
            exchange.dialect = dialect
            if head.method == .options, head.path.count == 1, bytes[head.path.lowerBound] == UInt8(ascii: "*") {
                exchange.isOptions = true
            } else {
                exchange.problem = Problem(.notFound)
            }
        }
    }

    /// Keeps what the answer and the log need of the request.
    private func note(_ exchange: Exchange, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer) {
        exchange.catalog = catalog
        exchange.method = head.method
        exchange.keepsAlive = head.keepsAlive && isServing
        exchange.bodyByteCountMax = limits.bodyByteCountMax
        exchange.path.replace(with: bytes, head.path)
        if let query = head.query { exchange.query.replace(with: bytes, query) }
        if let field = head.value(of: .ifNoneMatch) { exchange.ifNoneMatch.replace(with: bytes, field) }
        if crossOrigin != nil, let field = head.value(of: .origin) { exchange.origin.replace(with: bytes, field) }
        if let field = head.value(of: .traceparent), Self.isTraceparent(bytes[field]) {
            exchange.traceparent.replace(with: bytes, field)
        }
        exchange.requestID =
            head.value(of: .xRequestID).flatMap { RequestID(parsing: bytes[$0]) } ?? .random(using: &generator)
        if let field = head.value(of: .xForwardedFor), let peer = exchange.connection?.peerAddress,
            trustedProxies.contains(peer)
        {
            let client = bytes[field].withMemoryRebound(to: UInt8.self) {
                trustedProxies.client(peer: peer, forwardedFor: $0.span)
            }
            exchange.clientAddress = client
            exchange.address = client.description
        } else {
            exchange.clientAddress = exchange.connection?.peerAddress ?? ClientAddress(v4: 0)
        }
    }

    private func admit(
        _ exchange: Exchange, to route: Route, at index: Int, _ head: borrowing RequestHead,
        _ bytes: UnsafeRawBufferPointer
    ) {
        if let plan = route.stream {
            // The stream takes the connection over, and what is refused ends it: no request follows in either case.
            exchange.keepsAlive = false
            if let problem = checkOpening(exchange, plan, head, bytes) {
                exchange.problem = problem
                return
            }
        }
        if route.authentication != .none {
            if let open = catalog.openPrincipals[route.dialect] {
                exchange.principal = open
            } else {
                guard authenticate(exchange, route, head, bytes) else { return }
            }
        }
        charge(exchange, at: index)
    }

    /// Charges the request to its caller's limit, and checks what the caller may do.
    func charge(_ exchange: Exchange, at index: Int) {
        guard let route = exchange.route else { return }
        // One that is begun again because the catalog has changed was charged before.
        if exchange.restartCount == 0, let rateClass = catalog.rateClasses[index] {
            let principal = exchange.principal
            let choice = RatePolicies.choose(rateClass, address: exchange.clientAddress) { principal?[claim: $0] }
            let decision = rates.charge(choice, at: clock.milliseconds)
            exchange.rate = decision
            guard decision.isAllowed else {
                metrics.rateLimited += 1
                exchange.problem = Problem(
                    .rateLimited,
                    message: "Rate limit exceeded. Please try again in \(decision.retryAfterSeconds) seconds.",
                    retryAfterSeconds: decision.retryAfterSeconds)
                return
            }
        }
        if let permission = route.permission, let principal = exchange.principal,
            !principal.isPermitted(permission)
        {
            exchange.problem = Problem(.forbidden)
        }
    }

    // MARK: Who is calling

    /// Finds out who is calling.
    ///
    /// - Returns: false if that is not settled: the request is refused, or its API key is still unknown here. In the
    ///   latter case ``Exchange/unknownKey`` is set, and the request goes on once SQL has told whose it is.
    private func authenticate(
        _ exchange: Exchange, _ route: Route, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        var credential: UnsafeRawBufferPointer?
        var isKey = false
        if let field = head.value(of: .xAPIKey) {
            isKey = true
            credential = UnsafeRawBufferPointer(rebasing: bytes[field])
        } else if let field = head.value(of: .authorization) {
            let value = UnsafeRawBufferPointer(rebasing: bytes[field])
            if let known = knownBearer(value) {
                exchange.principal = known
                return true
            }
            let parsed = value.withMemoryRebound(to: UInt8.self) { AuthorizationField(parsing: $0.span) }
            guard case .bearer(let range) = parsed else {
                exchange.problem = Problem(.unauthenticated)
                return false
            }
            credential = UnsafeRawBufferPointer(rebasing: value[range])
        }
        guard let credential else {
            if let own = streamCredential(exchange, route, head, bytes) {
                return authenticate(exchange, own.span, isKey: APIKey.isAPIKey(own.span))
            }
            if route.authentication == .optional { return true }
            exchange.problem = Problem(.unauthenticated)
            return false
        }
        return credential.withMemoryRebound(to: UInt8.self) {
            authenticate(exchange, $0.span, isKey: isKey || APIKey.isAPIKey($0.span))
        }
    }

    /// The usual case: the same client again. What stands in the cache has been through all checks, so that only the
    /// scheme is looked at here.
    private func knownBearer(_ value: UnsafeRawBufferPointer) -> Principal? {
        let scheme: StaticString = "Bearer "
        let count = scheme.utf8CodeUnitCount
        guard value.count > count, value.prefix(count).elementsEqual(scheme.bytes) else { return nil }
        return UnsafeRawBufferPointer(rebasing: value[count...]).withMemoryRebound(to: UInt8.self) {
            credentialCache.principal(for: $0.span, at: clock.seconds, generation: credentials.generation)
        }
    }

    private func authenticate(_ exchange: Exchange, _ credential: Span<UInt8>, isKey: Bool) -> Bool {
        let now = clock.seconds
        if let known = credentialCache.principal(for: credential, at: now, generation: credentials.generation) {
            exchange.principal = known
            return true
        }
        if isKey {
            guard (1...Self.keyByteCountMax).contains(credential.count) else {
                exchange.problem = Problem(.unauthenticated)
                return false
            }
            exchange.unknownKey = Array(copying: credential)
            return false
        }
        do throws(TokenError) {
            let claims = try credentials.verifier.verify(credential, at: now)
            let principal = try Principal(claims)
            credentialCache.insert(
                principal, for: credential, expiresAt: claims.refusedFrom, at: now, generation: credentials.generation)
            exchange.principal = principal
            return true
        } catch {
            exchange.problem = Problem(.unauthenticated)
            return false
        }
    }

    /// Longest key that SQL is asked about: ours have 47 bytes, one from a contract's environment may be longer.
    static let keyByteCountMax = 512

    /// W3C Trace Context §3.2: version, trace id, parent id, flags; `00-<32 hex>-<16 hex>-<2 hex>`.
    private static func isTraceparent(_ value: Slice<UnsafeRawBufferPointer>) -> Bool {
        let hyphens = [2, 35, 52]
        guard value.count == 55 else { return false }
        for (index, byte) in value.enumerated() {
            let isHex = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            guard hyphens.contains(index) ? byte == UInt8(ascii: "-") : isHex else { return false }
        }
        return true
    }
}

extension Principal {
    /// Whether the caller may do what a route names.
    func isPermitted(_ permission: String) -> Bool {
        permission == Self.superuserPermission ? isSuperuser : isSuperuser || permissions.contains(permission)
    }

    /// The permission nobody is granted by a role: the platform's own administrators have it.
    static let superuserPermission = "superuser"
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}

extension [UInt8] {
    mutating func replace(with bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        removeAll(keepingCapacity: true)
        append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }

    init(copying span: Span<UInt8>) { self = span.withUnsafeBufferPointer { Array($0) } }
}
