/// From a request to an open stream.
extension Frontend {
    /// Decides, as far as the head tells, whether and how a stream is opened.
    ///
    /// `Accept` is not looked at: curl and EventSource both get what the path is, an event stream.
    ///
    /// - Returns: why it is not; nil if nothing speaks against it.
    func checkOpening(
        _ exchange: Exchange, _ plan: StreamPlan, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> Problem? {
        let all = bytes.bindMemory(to: UInt8.self).span
        guard plan.transport != .sse, WebSocketHandshake.isAsked(for: head, in: all) || plan.transport == .websocket
        else { return nil }  // RFC 9110 §7.8: an upgrade may be ignored
        guard isKnownOrigin(plan, head, bytes) else {
            return Problem(.forbidden, message: "Pages of this origin may not open a WebSocket here.")
        }
        do throws(WebSocketHandshakeError) {
            exchange.handshake = try WebSocketHandshake(head, in: all)
            return nil
        } catch {
            let code =
                error.status == ProblemCode.upgradeRequired.status ? ProblemCode.upgradeRequired : .malformedRequest
            return Problem(code, message: error.sentence)
        }
    }

    /// Browsers let any page open a WebSocket anywhere, so the server must ask where the page is from (RFC 6455 §10.2).
    /// Who sends no origin is no browser; a page of this very host may always.
    private func isKnownOrigin(
        _ plan: StreamPlan, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        guard let field = head.value(of: .origin) else { return true }
        let origin = UnsafeRawBufferPointer(rebasing: bytes[field])
        if let authority = head.authority {
            for scheme in ["http://", "https://"] {
                guard origin.count > scheme.utf8.count, origin.prefix(scheme.utf8.count).elementsEqual(scheme.utf8)
                else { continue }
                let host = origin.dropFirst(scheme.utf8.count)
                let isSame = host.elementsEqual(bytes[authority]) {
                    HTTPByte.lowercased($0) == HTTPByte.lowercased($1)
                }
                if isSame { return true }
            }
        }
        if let allowed = plan.allowedOrigins { return allowed.contains(Array(origin)) }
        return crossOrigin?.allowed(Array(origin)) != nil
    }

    /// The credential of a client that cannot send a header: of `Sec-WebSocket-Protocol: bearer, <token>`, or of the
    /// query parameter that the stream names.
    func streamCredential(
        _ exchange: Exchange, _ route: Route, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> [UInt8]? {
        guard let plan = route.stream else { return nil }
        if let offered = exchange.handshake?.subprotocols, offered.count > 1, offered[0] == Self.bearerSubprotocol {
            exchange.subprotocol = Self.bearerSubprotocol
            return Array(offered[1].utf8)
        }
        guard let name = plan.tokenParameter, let range = head.query else { return nil }
        let query = UnsafeRawBufferPointer(rebasing: bytes[range]).bindMemory(to: UInt8.self).span
        var fields = QueryFields()
        while let field = fields.next(in: query) {
            guard QueryFields.isEqual(query.extracting(field.name), name) else { continue }
            var token: [UInt8] = []
            guard PercentEncoding.appendDecoded(query.extracting(field.value), plusIsSpace: true, to: &token) else {
                return nil
            }
            return token.isEmpty ? nil : token
        }
        return nil
    }

    private static let bearerSubprotocol = "bearer"

    /// The function has agreed: writes the head, behind which the connection hands its socket over.
    func openStream(_ exchange: Exchange, _ subscription: StreamSubscription) {
        guard let listener = exchange.listener else { return refuse(exchange, Problem(.internal)) }
        listener.subscription = subscription
        if let handshake = exchange.handshake {
            writeUpgrade(exchange, handshake)
        } else {
            writeStreamHead(exchange)
        }
        if exchange.method == .head { exchange.dropListener() }  // the head is all that was asked for
        exchange.isAnswered = true
        count(exchange, status: exchange.status, isLogged: exchange.listener == nil)
        exchange.connection?.finished(exchange)
    }

    /// The stream's end is the connection's (RFC 9112 §6.3): events are told apart by their blank lines, and without
    /// chunks every listener is sent the same bytes.
    private func writeStreamHead(_ exchange: Exchange) {
        do throws(HTTPError) {
            let writer = try begin(exchange, 200)
            writer.field("Content-Type", "text/event-stream; charset=utf-8", into: &exchange.response)
            writer.field("Cache-Control", "no-store", into: &exchange.response)
            writer.field("X-Accel-Buffering", "no", into: &exchange.response)  // nginx: pass each event on at once
        } catch { preconditionFailure("200 is a status") }
        exchange.response.append("\r\n")
    }

    private func writeUpgrade(_ exchange: Exchange, _ handshake: WebSocketHandshake) {
        exchange.status = 101
        exchange.response.removeAll(keepingCapacity: true)
        var fields: [UInt8] = []
        fields.append("X-Request-Id: ")
        exchange.requestID.appendUUID(to: &fields)
        fields.append("\r\n")
        handshake.appendResponse(
            hash: Digest.sha1.hash(handshake.hashInput.span).span, subprotocol: exchange.subprotocol,
            fields: fields.span, to: &exchange.response)
    }
}
