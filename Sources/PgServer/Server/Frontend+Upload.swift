/// Bodies that go into the database while they come.
extension Frontend {
    /// Begins with a request whose body is streamed: asks its function whether it is wanted.
    ///
    /// - Parameter bytes: of the request's head.
    func beginUpload(_ exchange: Exchange, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer) {
        do throws(HTTPError) {
            let body = try StreamedBody(of: head, limits: limits, byteCountMax: exchange.bodyByteCountMax)
            exchange.upload = Upload(body)
        } catch {
            return refuse(exchange, Problem(status: error.status, code: error.code))
        }
        perform(exchange, head, bytes, body: head.byteCount..<head.byteCount)
    }

    /// Bytes of the body have come.
    func take(_ bytes: UnsafeRawBufferPointer, of exchange: Exchange, _ upload: Upload) {
        upload.add(bytes)
        advance(exchange, upload)
    }

    /// PostgreSQL has answered a call before the last.
    func uploadAnswered(_ exchange: Exchange, _ upload: Upload, _ result: borrowing QueryResult) {
        if upload.phase == .opening {
            guard let ticket = result.bytes(row: 0, column: 0) else { return refuse(exchange, Problem(.notFound)) }
            upload.open(ticket: ticket)
        } else {
            upload.chunkTaken()
        }
        advance(exchange, upload)
        exchange.connection?.bodyWanted(by: exchange)
    }

    /// Hands over what can be handed over.
    private func advance(_ exchange: Exchange, _ upload: Upload) {
        guard let route = exchange.route, let statement = route.chunks else { return }
        let transaction = exchange.transaction
        guard !upload.takeChunk(into: &transaction.callArguments) else {
            transaction.call = statement
            // The same chunk a second time changes nothing.
            transaction.isGuarded = true
            transaction.isRetryable = true
            fillContext(exchange, route, isReadOnly: false)
            return submit(exchange)
        }
        guard upload.close() else { return }
        withKept(exchange) { goOn(exchange, $0, $1, $2) }
    }
}
