/// From PostgreSQL's answer to the bytes of a response.
extension Frontend {
    /// The transaction of an exchange has ended.
    func answered(_ exchange: Exchange, _ answer: consuming Answer) {
        guard !exchange.isAbandoned, !exchange.isAnswered, let route = exchange.route,
            let dialect = exchange.currentDialect
        else { return }
        switch consume answer {
        case .rows(let result):
            if exchange.unknownKey != nil {
                return keyAnswered(exchange, claims: result.bytes(row: 0, column: 0))
            }
            if let upload = exchange.upload, upload.phase != .closing {
                return uploadAnswered(exchange, upload, result)
            }
            do throws(Problem) { try respond(exchange, route, dialect, result) } catch { refuse(exchange, error) }
        case .failed(let failure):
            if failure.sqlState == EngineSQL.answeredBefore, exchange.transaction.claim != nil {
                return replay(exchange, route)
            }
            if Self.isStale(failure), exchange.restartCount < Self.restartCountMax {
                // What has been sent of a streamed body is gone.
                guard exchange.upload?.phase ?? .opening == .opening else {
                    shared.requestReload()
                    return refuse(exchange, Problem(.tryAgain, retryAfterSeconds: Problem.tryAgainSeconds))
                }
                return park(exchange)
            }
            refuse(exchange, problem(of: exchange, route, failure))
        case .unavailable(let unavailability):
            refuse(exchange, Problem(unavailability))
        }
    }

    private func problem(of exchange: Exchange, _ route: Route, _ failure: SQLFailure) -> Problem {
        var problem = Problem(
            failure: failure, isSignedIn: exchange.principal != nil, sentences: exchange.catalog?.sentences ?? [:])
        // A domain's rule that reflection did not understand: the field is the parameter of that type.
        if let domain = problem.domain,
            let parameter = route.plan.parameters.first(where: { $0.sqlType.hasSuffix("." + domain) })
        {
            problem = Problem(.invalid)
            problem.blame(field: parameter.sourceName)
        }
        if problem.status >= 500 {
            log.addFailure(
                exchange.requestID, "\(failure.sqlState) \(failure.message)", milliseconds: clock.milliseconds)
        }
        return problem
    }

    // MARK: A changed catalog

    /// Whether the catalog described a function that is no longer as it was: renamed, dropped, with other parameters or
    /// another result. Its transaction was rolled back, so the request may begin again.
    private static func isStale(_ failure: SQLFailure) -> Bool {
        switch failure.sqlState {
        case "42883", "3F000", "42704", "42P13", "42725": true
        case "42703", "42804": !failure.isInsideFunction  // another result; inside a function it is a mistake
        default: false
        }
    }

    private func park(_ exchange: Exchange) {
        exchange.parkedAt = loop.now
        parked.append(exchange)
        shared.requestReload()
    }

    /// How long a request waits for the catalog that describes its function rightly.
    static let parkedDurationMax = Duration.seconds(10)

    func dropExpiredParked() {
        guard !parked.isEmpty else { return }
        let now = loop.now
        let expired = parked.filter { now - $0.parkedAt > Self.parkedDurationMax }
        parked.removeAll { exchange in exchange.isAbandoned || now - exchange.parkedAt > Self.parkedDurationMax }
        for exchange in expired where !exchange.isAbandoned {
            refuse(exchange, Problem(.tryAgain, retryAfterSeconds: Problem.tryAgainSeconds))
        }
    }

    // MARK: Results

    private func respond(
        _ exchange: Exchange, _ route: Route, _ dialect: Dialect, _ result: borrowing QueryResult
    ) throws(Problem) {
        guard result.rowCount > 0 else { throw Problem(.notFound) }
        switch route.plan.returns {
        case .json, .jsonb: try respondJSON(exchange, route, dialect, result)
        case .page: try respondPage(exchange, route, dialect, result)
        case .reply: try respondReply(exchange, route, dialect, result)
        case .text:
            guard !result.isNull(row: 0, column: 0) else { throw Problem(.notFound) }
            write(exchange, route.successStatus, route.contentType, result.unsafeField(row: 0, column: 0))
        case .bytes:
            guard let bytes = result.bytea(row: 0, column: 0) else { throw Problem(.notFound) }
            bytes.withUnsafeBytes { write(exchange, route.successStatus, route.contentType, $0) }
        case .void:
            write(exchange, 204, [], UnsafeRawBufferPointer(start: nil, count: 0))
        case .subscription:
            guard let subscription = StreamSubscription(result) else { throw Problem(.internal) }
            openStream(exchange, subscription)
        }
    }

    private func respondJSON(
        _ exchange: Exchange, _ route: Route, _ dialect: Dialect, _ result: borrowing QueryResult
    ) throws(Problem) {
        guard !result.isNull(row: 0, column: 0) else {
            guard route.successStatus == 204 else { throw Problem(.notFound) }
            return write(exchange, 204, [], UnsafeRawBufferPointer(start: nil, count: 0))
        }
        writeJSON(
            exchange, route, dialect, status: route.successStatus, contentType: route.contentType,
            result.unsafeField(row: 0, column: 0))
    }

    /// Puts the contract's envelope around a body and writes it.
    private func writeJSON(
        _ exchange: Exchange, _ route: Route, _ dialect: Dialect, status: Int, contentType: [UInt8],
        _ body: UnsafeRawBufferPointer, extra: ResponseFields = ResponseFields()
    ) {
        let template = route.successTemplate ?? dialect.success
        if Dialect.isBare(template) {
            return write(exchange, status, contentType, body, tagging: body, extra: extra)
        }
        var enveloped = takeScratch()
        body.withMemoryRebound(to: UInt8.self) {
            dialect.renderSuccess(
                template, body: $0.span, requestID: exchange.requestID, timestampMilliseconds: clock.milliseconds,
                into: &enveloped)
        }
        enveloped.withUnsafeBytes { write(exchange, status, contentType, $0, tagging: body, extra: extra) }
        scratch = enveloped
    }

    private func respondPage(
        _ exchange: Exchange, _ route: Route, _ dialect: Dialect, _ result: borrowing QueryResult
    ) throws(Problem) {
        let items = result.unsafeField(row: 0, column: 0)
        let total = result.number(row: 0, column: 1)
        let count = result.number(row: 0, column: 2) ?? 0
        let request = route.plan.pageRequest(
            call: exchange.call, arguments: boundArguments(of: exchange),
            pageParameter: dialect.pageParameter, sizeParameter: dialect.sizeParameter,
            offsetParameter: dialect.offsetParameter, itemCount: count)
        let page = PageResult(request: request, total: total, count: count)
        var body = takeScratch()
        items.withMemoryRebound(to: UInt8.self) {
            dialect.renderPage(
                route.pageTemplate, items: $0.span, itemsKey: route.itemsKey, page: page,
                requestID: exchange.requestID, timestampMilliseconds: clock.milliseconds, into: &body)
        }
        var extra = ResponseFields()
        let (path, query) = (exchange.path, exchange.query)
        for field in dialect.pageFields(
            page, path: path.span, query: query.span, requestID: exchange.requestID,
            timestampMilliseconds: clock.milliseconds)
        {
            extra.append(name: Array(field.name.utf8), value: Array(field.value.utf8))
        }
        body.withUnsafeBytes {
            write(
                exchange, route.successStatus, route.contentType, $0, tagging: items, seed: UInt64(total ?? 0),
                extra: extra)
        }
        scratch = body
    }

    /// A function that decides more than its body: columns status, headers, content_type, body, bytes, tokens.
    private func respondReply(
        _ exchange: Exchange, _ route: Route, _ dialect: Dialect, _ result: borrowing QueryResult
    ) throws(Problem) {
        let status = result.number(row: 0, column: 0) ?? route.successStatus
        let contentType = result.bytes(row: 0, column: 2) ?? route.contentType
        var extra = ResponseFields()
        if let headers = result.bytes(row: 0, column: 1) { try extra.append(json: headers) }
        if let bytes = result.bytea(row: 0, column: 4) {
            return bytes.withUnsafeBytes { write(exchange, status, contentType, $0, tagging: $0, extra: extra) }
        }
        guard !result.isNull(row: 0, column: 3) else {
            return write(exchange, status, [], UnsafeRawBufferPointer(start: nil, count: 0), extra: extra)
        }
        if let tokens = result.bytes(row: 0, column: 5) {
            let body = try sign(tokens, into: result.unsafeField(row: 0, column: 3))
            extra.append("Cache-Control", "no-store")  // RFC 6749 §5.1
            return body.withUnsafeBytes {
                writeJSON(exchange, route, dialect, status: status, contentType: contentType, $0, extra: extra)
            }
        }
        let body = result.unsafeField(row: 0, column: 3)
        let isEnveloped = status < 300 && MediaType.isJSON(contentType.span)
        if isEnveloped {
            writeJSON(exchange, route, dialect, status: status, contentType: contentType, body, extra: extra)
        } else {
            write(exchange, status, contentType, body, tagging: body, extra: extra)
        }
    }

    /// Signs each member of `tokens` and puts it in front of the members of the object `body`.
    private func sign(_ tokens: [UInt8], into body: UnsafeRawBufferPointer) throws(Problem) -> [UInt8] {
        guard let signer = credentials.signer else { throw Problem(.unavailable, retryAfterSeconds: 1) }
        var object = JSONObject()
        guard object.readValid(tokens.span), let open = body.firstIndex(of: UInt8(ascii: "{")) else {
            throw Problem(.internal)
        }
        var signed: [UInt8] = [UInt8(ascii: "{")]
        for member in object.members {
            JSONWriter.appendQuoted(object.names.span.extracting(member.name), to: &signed)
            signed.append(contentsOf: ":\"".utf8)
            do throws(KeyError) {
                signed += try signer.sign(tokens.span.extracting(member.value.range))
            } catch { throw Problem(.internal) }
            signed.append(contentsOf: "\",".utf8)
        }
        let rest = UnsafeRawBufferPointer(rebasing: body[(open + 1)...])
        let isEmpty = rest.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "}")
        if isEmpty { signed.removeLast() }
        signed.append(contentsOf: rest)
        return signed
    }

    // MARK: Writing

    private func takeScratch() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &scratch)
        taken.removeAll(keepingCapacity: taken.capacity <= Self.scratchCapacityKept)
        return taken
    }

    private static let scratchCapacityKept = 256 * 1024

    /// Writes an answer that is no error.
    ///
    /// - Parameters:
    ///   - payload: The bytes whose change is a change of the resource; nil if it gets no entity tag.
    ///   - seed: What else the tag depends on.
    func write(
        _ exchange: Exchange, _ status: Int, _ contentType: [UInt8], _ body: UnsafeRawBufferPointer,
        tagging payload: UnsafeRawBufferPointer? = nil, seed: UInt64 = 0, extra: ResponseFields = ResponseFields()
    ) {
        let isRead = exchange.method == .get || exchange.method == .head
        var status = status
        var tag: [UInt8] = []
        let known = exchange.ifNoneMatch
        if isRead, status == 200, let payload, !extra.contains("etag") {
            tag = Self.entityTag(payload, seed: seed)
            if !known.isEmpty, EntityTag.isNamed(in: known.span, tag.span) {
                status = 304
            }
        } else if isRead, status == 200, let own = extra.value(of: "etag"), !known.isEmpty,
            EntityTag.isNamed(in: known.span, own.span)
        {
            status = 304
        }
        do throws(HTTPError) {
            let writer = try begin(exchange, status)
            if status != 204, status != 304, !contentType.isEmpty {
                try writer.field("Content-Type", contentType.span, into: &exchange.response)
            }
            if !tag.isEmpty { try writer.field("ETag", tag.span, into: &exchange.response) }
            if isRead, !extra.contains("cache-control") {
                // What one caller may see is not for a cache that others share; their own may ask with the tag.
                writer.field("Cache-Control", "private, no-cache", into: &exchange.response)
            }
            for index in extra.indices {
                try writer.field(name: extra.name(index).span, value: extra.value(index).span, into: &exchange.response)
            }
            finish(exchange, writer, body)
        } catch {
            // A header that SQL made up and that must not reach the wire.
            exchange.response.removeAll(keepingCapacity: true)
            log.addFailure(
                exchange.requestID, "a response header from SQL was refused", milliseconds: clock.milliseconds)
            refuse(exchange, Problem(.internal))
        }
    }

    /// Writes the status line and the fields that every answer has.
    func begin(_ exchange: Exchange, _ status: Int) throws(HTTPError) -> ResponseWriter {
        exchange.status = status
        exchange.response.removeAll(keepingCapacity: true)
        let date = clock.date
        let writer = try ResponseWriter(
            status: status, toHead: exchange.method == .head, closes: !exchange.keepsAlive, date: date.span,
            into: &exchange.response)
        exchange.response.append("X-Request-Id: ")
        exchange.requestID.appendUUID(to: &exchange.response)
        exchange.response.append("\r\nX-Content-Type-Options: nosniff\r\n")
        if let strictTransport {
            try writer.field("Strict-Transport-Security", strictTransport.span, into: &exchange.response)
        }
        if exchange.isReplay { writer.field("Idempotency-Replayed", "true", into: &exchange.response) }
        if let rate = exchange.rate {
            writer.field("X-RateLimit-Limit", rate.limit, into: &exchange.response)
            writer.field("X-RateLimit-Remaining", rate.remaining, into: &exchange.response)
            writer.field("X-RateLimit-Reset", Int(rate.resetUnixSeconds), into: &exchange.response)
        }
        if let crossOrigin {
            writer.field("Vary", "Origin", into: &exchange.response)
            if let allowed = crossOrigin.allowed(exchange.origin) {
                try writer.field("Access-Control-Allow-Origin", allowed.span, into: &exchange.response)
                writer.field("Access-Control-Expose-Headers", CrossOrigin.exposedHeaders, into: &exchange.response)
                if crossOrigin.allowsCredentials {
                    writer.field("Access-Control-Allow-Credentials", "true", into: &exchange.response)
                }
            }
        }
        return writer
    }

    /// Writes the body and hands the whole answer over.
    func finish(_ exchange: Exchange, _ writer: ResponseWriter, _ body: UnsafeRawBufferPointer) {
        writer.finish(bodyByteCount: body.count, into: &exchange.response)
        if writer.sendsBody {
            exchange.response.append(contentsOf: body)
            exchange.responseBodyByteCount = body.count
        }
        exchange.isAnswered = true
        count(exchange, status: exchange.status)
        exchange.connection?.finished(exchange)
    }

    private static func entityTag(_ payload: UnsafeRawBufferPointer, seed: UInt64) -> [UInt8] {
        let hash = payload.withMemoryRebound(to: UInt8.self) { ContentHash.hash($0.span, seed: seed) }
        var tag: [UInt8] = []
        tag.reserveCapacity(20)
        tag.append("W/\"")
        tag.append(hexadecimal: hash)
        tag.append(UInt8(ascii: "\""))
        return tag
    }

    // MARK: Refusing

    func refuse(_ exchange: Exchange, _ problem: Problem) {
        exchange.problem = problem
        refuse(exchange)
    }

    /// Answers ``Exchange/problem`` in the words of the exchange's contract.
    func refuse(_ exchange: Exchange) {
        guard let problem = exchange.problem, let dialect = exchange.currentDialect else { return }
        if let upload = exchange.upload, !upload.body.isComplete {
            exchange.keepsAlive = false
            exchange.connection?.bodyUnwanted(by: exchange)
            if upload.isChunkInFlight { pool.cancel(exchange.transaction) }
        }
        var body = takeScratch()
        var rendered = dialect.render(
            problem, requestID: exchange.requestID, timestampMilliseconds: clock.milliseconds, into: &body)
        if rendered.status == 503, problem.code == ProblemCode.unavailable.rawValue,
            let own = exchange.route?.unavailableTemplate
        {
            body.removeAll(keepingCapacity: true)
            dialect.renderUnavailable(
                own, requestID: exchange.requestID, timestampMilliseconds: clock.milliseconds, into: &body)
        }
        if rendered.retryAfterSeconds == nil, rendered.status == 429 || rendered.status == 503 {
            rendered.retryAfterSeconds = Problem.tryAgainSeconds
        }
        exchange.errorCode = problem.code
        exchange.dropListener()
        do throws(HTTPError) {
            let writer = try begin(exchange, rendered.status)
            writer.field("Content-Type", "application/json", into: &exchange.response)
            if let seconds = rendered.retryAfterSeconds {
                writer.field("Retry-After", seconds, into: &exchange.response)
            }
            if rendered.status == 405, let allowed = exchange.allowed {
                try writer.field("Allow", Array(allowed.fieldValue.utf8).span, into: &exchange.response)
            }
            if rendered.status == 401, let challenge = dialect.wwwAuthenticate {
                try writer.field("WWW-Authenticate", Array(challenge.utf8).span, into: &exchange.response)
            }
            if rendered.status == 426 {
                writer.field("Upgrade", "websocket", into: &exchange.response)
                writer.field("Connection", "Upgrade", into: &exchange.response)  // RFC 9110 §7.8
                writer.field("Sec-WebSocket-Version", "13", into: &exchange.response)  // RFC 6455 §4.2.2
            }
            body.withUnsafeBytes { finish(exchange, writer, $0) }
        } catch {
            preconditionFailure("a dialect's statuses and challenge were checked when the catalog was loaded")
        }
        scratch = body
    }

    /// Bytes that are no request. Its contract is guessed from the target, as far as that could be read.
    func refuseMalformed(
        _ exchange: Exchange, _ error: HTTPError, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
    ) {
        metrics.malformedRequests += 1
        beginRefusal(exchange, head.method, target: head.path, bytes)
        refuse(exchange, Problem(status: error.status, code: error.code))
    }

    /// A request that did not arrive in time.
    func refuseTimedOut(_ exchange: Exchange) {
        if exchange.catalog == nil {
            beginRefusal(exchange, .get, target: 0..<0, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        refuse(exchange, Problem(.requestTimeout))
    }

    /// A request for which there is no memory.
    func refuseForRoom(_ exchange: Exchange) {
        if exchange.catalog == nil {
            beginRefusal(exchange, .get, target: 0..<0, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        refuse(exchange, Problem(.unavailable, retryAfterSeconds: Problem.tryAgainSeconds))
    }

    private func beginRefusal(
        _ exchange: Exchange, _ method: Method, target: Range<Int>, _ bytes: UnsafeRawBufferPointer
    ) {
        clock.refresh()
        guard exchange.catalog == nil else { return }
        exchange.catalog = catalog
        exchange.method = method
        exchange.requestID = .random(using: &generator)
        let isReadable = !target.isEmpty && target.upperBound <= bytes.count
        if isReadable { exchange.path.replace(with: bytes, target) }
        var captures = Captures()
        let path = exchange.path
        switch catalog.table.match(.options, path.span, into: &captures) {
        case .route(let index): exchange.dialect = catalog.routes[index].dialect
        case .methodNotAllowed(_, let dialect), .notFound(let dialect): exchange.dialect = dialect
        }
    }

    // MARK: OPTIONS

    /// Answers OPTIONS: what the path allows, and to a page of another origin whether it may call.
    func answerOptions(_ exchange: Exchange) {
        do throws(HTTPError) {
            let writer = try begin(exchange, 204)
            if let allowed = exchange.allowed {
                try writer.field("Allow", Array(allowed.fieldValue.utf8).span, into: &exchange.response)
            }
            if let crossOrigin, crossOrigin.allowed(exchange.origin) != nil {
                try writer.field("Access-Control-Allow-Methods", crossOrigin.methods.span, into: &exchange.response)
                try writer.field("Access-Control-Allow-Headers", crossOrigin.headers.span, into: &exchange.response)
                writer.field("Access-Control-Max-Age", crossOrigin.maxAgeSeconds, into: &exchange.response)
            }
            finish(exchange, writer, UnsafeRawBufferPointer(start: nil, count: 0))
        } catch { refuse(exchange, Problem(.internal)) }
    }
}
