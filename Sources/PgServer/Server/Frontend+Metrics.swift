internal import Synchronization

/// What the server tells about itself.
extension Frontend {
    /// Asks every reactor for its counts; the answer is written when the last has come in.
    func collectMetrics(for exchange: Exchange) {
        let workerCount = shared.workerMailbox == nil ? 0 : 1
        let collection = MetricsCollection(
            expectedCount: shared.mailboxes.count + workerCount, requester: mailbox)
        awaitingMetrics[ObjectIdentifier(collection)] = (collection, exchange)
        for mailbox in shared.mailboxes where !mailbox.post(.report(to: collection)) { collection.add(.init()) }
        if let worker = shared.workerMailbox, !worker.post(.report(to: collection)) { collection.add(.init()) }
    }

    func answerMetrics(_ collection: MetricsCollection) {
        guard let (_, exchange) = awaitingMetrics.removeValue(forKey: ObjectIdentifier(collection)),
            !exchange.isAbandoned, let route = exchange.route
        else { return }
        let text = MetricsText(shared: shared, reports: collection.all).bytes
        text.withUnsafeBytes { write(exchange, route.successStatus, route.contentType, $0) }
    }

    /// The server's state for a function that asks for it (source `server:state`): what only the server knows.
    func stateJSON() -> [UInt8] {
        let status = shared.status
        let relay = shared.relay
        let pools = pool.metrics
        var json: [UInt8] = []
        func member(_ name: StaticString, _ value: Int) {
            json.append("\"")
            json.append(name)
            json.append("\":")
            json.append(decimal: value)
            json.append(",")
        }
        func lane(_ name: StaticString, _ metrics: PoolMetrics) {
            json.append("\"")
            json.append(name)
            json.append("\":{")
            member("ready", metrics.connectionsReady)
            member("connecting", metrics.connectionsConnecting)
            member("down", metrics.connectionsDown)
            member("in_flight", metrics.inFlight)
            member("waiting", metrics.waiting)
            json.removeLast()
            json.append("}")
        }
        json.append("{\"version\":")
        JSONWriter.appendQuoted(version, to: &json)
        json.append(",\"started_at\":\"")
        RFC3339.append(milliseconds: shared.startedAtMilliseconds, to: &json)
        json.append("\",\"uptime_seconds\":")
        json.append(decimal: Int(clock.milliseconds - shared.startedAtMilliseconds) / 1000)
        json.append(",")
        member("reactors", shared.mailboxes.count)
        member("connections", shared.openConnectionCount.load(ordering: .relaxed))
        json.append("\"catalog\":{")
        member("generation", status.generation)
        json.append("\"loaded_at\":\"")
        RFC3339.append(milliseconds: status.loadedAtMilliseconds, to: &json)
        json.append("\",\"listening\":")
        json.append(status.isListening ? "true" : "false")
        json.append(",\"fault\":")
        if let fault = status.fault { JSONWriter.appendQuoted(fault, to: &json) } else { json.append("null") }
        json.append("},\"events\":{\"listening\":")
        json.append(relay.isListening ? "true" : "false")
        json.append(",\"sequencer\":")
        json.append(relay.isSequencer ? "true" : "false")
        json.append("},\"pool\":{")
        lane("fast", pools.fast)
        json.append(",")
        lane("slow", pools.slow)
        json.append("}}")
        return json
    }
}
