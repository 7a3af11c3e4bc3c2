internal import Synchronization

/// The reports of all reactors as one page for Prometheus.
struct MetricsText {
    private var text = PrometheusText()

    var bytes: [UInt8] { text.bytes }

    init(shared: SharedState, reports: [MetricsCollection.Report]) {
        var requests = RequestMetrics()
        for report in reports { requests.add(report.requests) }
        writeProcess(shared)
        writeRequests(requests, shared)
        writePool(reports)
        var streams = StreamMetrics()
        for report in reports { streams.add(report.streams) }
        writeStreams(streams)
        writeRelay(shared.relay)
        // Without a worker the families stand there all the same, empty.
        writeJobs(reports.compactMap(\.worker))
    }

    private mutating func writeProcess(_ shared: SharedState) {
        let status = shared.status
        text.family("pgserver_build_info", .gauge, "The version that runs.")
        text.sample("pgserver_build_info", [("version", version)], 1)
        text.family("pgserver_start_time_seconds", .gauge, "Start of the process, unix seconds.")
        text.sample("pgserver_start_time_seconds", shared.startedAtMilliseconds / 1000)
        text.family("pgserver_reactors", .gauge, "Threads that serve.")
        text.sample("pgserver_reactors", shared.mailboxes.count)
        text.family("pgserver_catalog_generation", .gauge, "Catalogs loaded since the start.")
        text.sample("pgserver_catalog_generation", status.generation)
        text.family("pgserver_catalog_refused_total", .counter, "Catalogs refused because they were broken.")
        text.sample("pgserver_catalog_refused_total", status.refusedCount)
        text.family("pgserver_catalog_is_current", .gauge, "0 while the newest catalog is refused.")
        text.sample("pgserver_catalog_is_current", status.fault == nil ? 1 : 0)
        text.family("pgserver_catalog_listening", .gauge, "Whether changes of the catalog are heard of.")
        text.sample("pgserver_catalog_listening", status.isListening ? 1 : 0)
        text.family("pgserver_rate_cells", .gauge, "Rate limit counters held.")
        text.sample("pgserver_rate_cells", shared.registry.cellCount)
        text.family("pgserver_log_lines_dropped_total", .counter, "Log lines the output did not take.")
        text.sample("pgserver_log_lines_dropped_total", shared.logWriter?.droppedLineCount ?? 0)
    }

    private mutating func writeRequests(_ requests: RequestMetrics, _ shared: SharedState) {
        let routes = requests.routes.sorted { $0.key < $1.key }
        text.family("http_requests_total", .counter, "Requests answered, by route and status. 499: the client left.")
        for (route, counters) in routes {
            for entry in counters.statuses.sorted(by: { $0.status < $1.status }) {
                text.sample("http_requests_total", Self.labels(route) + [("status", String(entry.status))], entry.count)
            }
        }
        text.family("http_request_duration_seconds", .histogram, "From a request's last byte to its answer.")
        for (route, counters) in routes {
            text.histogram("http_request_duration_seconds", Self.labels(route), counters.duration)
        }
        text.family("http_response_body_bytes_total", .counter, "Bytes of response bodies.")
        for (route, counters) in routes {
            text.sample("http_response_body_bytes_total", Self.labels(route), counters.responseByteCount)
        }
        text.family("http_connections_open", .gauge, "Client connections.")
        text.sample("http_connections_open", requests.connectionsOpen)
        text.family("http_connections_accepted_total", .counter, "Client connections accepted.")
        text.sample("http_connections_accepted_total", requests.connectionsAccepted)
        text.family("http_connections_refused_total", .counter, "Client connections over the limit.")
        text.sample("http_connections_refused_total", requests.connectionsRefused)
        text.family("http_tls_handshakes_total", .counter, "Client connections that TLS made secure.")
        text.sample("http_tls_handshakes_total", requests.handshakes)
        text.family("http_tls_handshakes_failed_total", .counter, "Handshakes of TLS that failed or took too long.")
        text.sample("http_tls_handshakes_failed_total", requests.handshakesFailed)
        text.family("http_tls_certificate_expiry_seconds", .gauge, "End of the certificate, unix seconds; or 0.")
        text.sample("http_tls_certificate_expiry_seconds", shared.certificateExpiry)
        text.family("http_connections_cut_off_total", .counter, "Client connections that held too much memory.")
        text.sample("http_connections_cut_off_total", requests.connectionsCutOff)
        text.family("http_held_bytes", .gauge, "Bytes of unfinished requests and untaken answers.")
        text.sample("http_held_bytes", requests.heldByteCount)
        text.family("http_requests_malformed_total", .counter, "Bytes received that were no request.")
        text.sample("http_requests_malformed_total", requests.malformedRequests)
        text.family("http_requests_rate_limited_total", .counter, "Requests refused by a rate policy.")
        text.sample("http_requests_rate_limited_total", requests.rateLimited)
        text.family("http_idempotent_replays_total", .counter, "Answers given again, for an Idempotency-Key.")
        text.sample("http_idempotent_replays_total", requests.idempotentReplays)
        text.family("http_clients_gone_total", .counter, "Requests whose client left before the answer.")
        text.sample("http_clients_gone_total", requests.clientsGone)
    }

    private mutating func writePool(_ reports: [MetricsCollection.Report]) {
        var lanes: [(String, [PoolMetrics])] = [("fast", reports.map(\.fastPool)), ("slow", reports.map(\.slowPool))]
        for worker in reports.compactMap(\.worker) {
            lanes += [("jobs", [worker.jobsPool]), ("worker", [worker.enginePool])]
        }
        func sum(_ metrics: [PoolMetrics], _ path: KeyPath<PoolMetrics, Int>) -> Int {
            metrics.reduce(0) { $0 + $1[keyPath: path] }
        }
        text.family("pgserver_pool_connections", .gauge, "Connections to PostgreSQL, by class and state.")
        for (name, metrics) in lanes {
            for (state, path) in Self.states {
                text.sample("pgserver_pool_connections", [("class", name), ("state", state)], sum(metrics, path))
            }
        }
        for gauge in Self.gauges {
            text.family(gauge.name, .gauge, gauge.help)
            for (name, metrics) in lanes { text.sample(gauge.name, [("class", name)], sum(metrics, gauge.path)) }
        }
        for counter in Self.counters {
            text.family(counter.name, .counter, counter.help)
            for (name, metrics) in lanes { text.sample(counter.name, [("class", name)], sum(metrics, counter.path)) }
        }
    }

    private mutating func writeJobs(_ workers: [WorkerReport]) {
        text.family("pgserver_jobs_total", .counter, "Attempts at jobs, by kind and outcome.")
        for (kind, counters) in workers.flatMap(\.kinds) {
            for (outcome, count) in counters.outcomes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                text.sample("pgserver_jobs_total", [("kind", kind), ("outcome", outcome.rawValue)], count)
            }
        }
        text.family("pgserver_job_duration_seconds", .histogram, "Duration of attempts at jobs.")
        for (kind, counters) in workers.flatMap(\.kinds) {
            text.histogram("pgserver_job_duration_seconds", [("kind", kind)], counters.duration)
        }
        text.family("pgserver_job_start_delay_seconds", .histogram, "From the instant a job was due to its claim.")
        for worker in workers { text.histogram("pgserver_job_start_delay_seconds", [], worker.metrics.startDelay) }
        text.family("pgserver_job_effects_total", .counter, "Outside effects performed, by outcome of the attempt.")
        for (effect, outcomes) in workers.flatMap(\.effects) {
            for (outcome, count) in outcomes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                text.sample(
                    "pgserver_job_effects_total", [("effect", effect.rawValue), ("outcome", outcome.rawValue)], count)
            }
        }
        writeJobQueues(workers)
        for counter in Self.jobCounters {
            text.family(counter.name, .counter, counter.help)
            for worker in workers { text.sample(counter.name, worker.metrics[keyPath: counter.path]) }
        }
        text.family("pgserver_jobs_listening", .gauge, "Whether new jobs are heard of; otherwise they are looked for.")
        for worker in workers { text.sample("pgserver_jobs_listening", worker.metrics.isListening ? 1 : 0) }
    }

    private mutating func writeJobQueues(_ workers: [WorkerReport]) {
        let queues = workers.flatMap(\.queues)
        text.family("pgserver_workers", .gauge, "Jobs that may run at once, by queue.")
        for queue in queues { text.sample("pgserver_workers", [("queue", queue.name)], queue.workers) }
        text.family("pgserver_jobs_running", .gauge, "Jobs that this process runs, by queue.")
        for queue in queues { text.sample("pgserver_jobs_running", [("queue", queue.name)], queue.running) }
        text.family("pgserver_jobs_ready", .gauge, "Jobs claimed and not begun, by queue.")
        for queue in queues { text.sample("pgserver_jobs_ready", [("queue", queue.name)], queue.ready) }
        let figures = workers.flatMap(\.metrics.database)
        text.family("pgserver_queue_jobs", .gauge, "Jobs in the database, by queue and state.")
        for figure in figures { text.sample("pgserver_queue_jobs", figure.labels, figure.count) }
        text.family("pgserver_queue_oldest_seconds", .gauge, "Age of the oldest of them that is due.")
        for figure in figures {
            if let age = figure.oldestSeconds { text.sample("pgserver_queue_oldest_seconds", figure.labels, age) }
        }
    }

    private struct JobFigure {
        var name: String
        var help: String
        var path: KeyPath<WorkerMetrics, Int>
    }

    private static var jobCounters: [JobFigure] {
        [
            JobFigure(name: "pgserver_job_claims_total", help: "Looks for jobs.", path: \.claims),
            JobFigure(name: "pgserver_jobs_claimed_total", help: "Jobs got by them.", path: \.claimed),
            JobFigure(
                name: "pgserver_job_leases_lost_total", help: "Jobs claimed by another while they ran here.",
                path: \.leasesLost),
            JobFigure(
                name: "pgserver_job_outcomes_unknown_total", help: "Attempts whose end could not be told or heard.",
                path: \.unknownOutcomes),
            JobFigure(
                name: "pgserver_job_progress_total", help: "Reports of progress written.", path: \.progressReports),
        ]
    }

    private struct Figure {
        var name: String
        var help: String
        var path: KeyPath<PoolMetrics, Int>
    }

    private static var states: [(String, KeyPath<PoolMetrics, Int>)] {
        [
            ("ready", \.connectionsReady), ("connecting", \.connectionsConnecting), ("down", \.connectionsDown),
        ]
    }

    private mutating func writeStreams(_ streams: StreamMetrics) {
        text.family("pgserver_stream_listeners", .gauge, "Open streams, by route and transport.")
        for (name, count) in streams.listeners.sorted(by: {
            ($0.key.route, $0.key.transport) < ($1.key.route, $1.key.transport)
        }) {
            text.sample("pgserver_stream_listeners", Self.labels(name.route) + [("transport", name.transport)], count)
        }
        text.family("pgserver_streams_opened_total", .counter, "Streams opened.")
        text.sample("pgserver_streams_opened_total", streams.opened)
        text.family("pgserver_stream_frames_total", .counter, "Events and states handed to listeners.")
        text.sample("pgserver_stream_frames_total", streams.frames)
        text.family("pgserver_stream_frames_failed_total", .counter, "Events that a stream could not show.")
        text.sample("pgserver_stream_frames_failed_total", streams.framesFailed)
        text.family("pgserver_stream_bytes_total", .counter, "Bytes of events and states handed to listeners.")
        text.sample("pgserver_stream_bytes_total", streams.byteCount)
        text.family("pgserver_stream_lag_seconds", .histogram, "From writing an event to handing it to a socket.")
        text.histogram("pgserver_stream_lag_seconds", [], streams.lag)
        text.family(
            "pgserver_streams_closed_slow_total", .counter, "Streams closed because their client read too slowly.")
        text.sample("pgserver_streams_closed_slow_total", streams.closedSlow)
        text.family("pgserver_streams_resumed_total", .counter, "Streams that began with what their client had missed.")
        text.sample("pgserver_streams_resumed_total", streams.resumed)
        text.family("pgserver_streams_history_lost_total", .counter, "Clients told that what they missed is gone.")
        text.sample("pgserver_streams_history_lost_total", streams.historyLost)
        text.family("pgserver_streams_limited_total", .counter, "Streams refused by a limit.")
        text.sample("pgserver_streams_limited_total", streams.limitRefused)
        text.family("pgserver_stream_replay_pages_total", .counter, "Pages of history read for listeners.")
        text.sample("pgserver_stream_replay_pages_total", streams.replayPages)
        text.family("pgserver_stream_replay_failures_total", .counter, "Pages of history that could not be read.")
        text.sample("pgserver_stream_replay_failures_total", streams.replayFailures)
    }

    private mutating func writeRelay(_ relay: RelayMetrics) {
        text.family("pgserver_relay_listening", .gauge, "Whether new events are heard of.")
        text.sample("pgserver_relay_listening", relay.isListening ? 1 : 0)
        text.family("pgserver_relay_reconnects_total", .counter, "Connections of the relay after its first.")
        text.sample("pgserver_relay_reconnects_total", relay.reconnects)
        text.family("pgserver_relay_interests", .gauge, "Conditions that events are matched with.")
        text.sample("pgserver_relay_interests", relay.interestCount)
        text.family("pgserver_is_sequencer", .gauge, "Whether this process numbers the events of all.")
        text.sample("pgserver_is_sequencer", relay.isSequencer ? 1 : 0)
        if let lastLook = relay.lastLook {
            text.family("pgserver_sequencer_age_seconds", .gauge, "Time since the log was last known to be handled.")
            let age = max(.zero, ContinuousClock.now - lastLook)
            text.sample("pgserver_sequencer_age_seconds", microseconds: age.wholeMicroseconds)
        }
        text.family("pgserver_events_total", .counter, "Events taken from the log: numbered here, or read.")
        text.sample("pgserver_events_total", [("how", "numbered")], relay.eventsNumbered)
        text.sample("pgserver_events_total", [("how", "read")], relay.eventsRead)
        text.family("pgserver_event_frames_total", .counter, "Events as streams show them, once for all listeners.")
        text.sample("pgserver_event_frames_total", [("outcome", "rendered")], relay.framesRendered)
        text.sample("pgserver_event_frames_total", [("outcome", "hidden")], relay.framesHidden)
        text.sample("pgserver_event_frames_total", [("outcome", "failed")], relay.framesFailed)
        text.family("pgserver_events_left_out_total", .counter, "Times a reactor was sent to history instead.")
        text.sample("pgserver_events_left_out_total", relay.leftOut)
        text.family("pgserver_event_numbered_lag_seconds", .histogram, "From writing an event to its position.")
        text.histogram("pgserver_event_numbered_lag_seconds", [], relay.numberedLag)
        text.family("pgserver_event_relay_lag_seconds", .histogram, "From writing an event to the listeners' threads.")
        text.histogram("pgserver_event_relay_lag_seconds", [], relay.handedOverLag)
    }

    private static var gauges: [Figure] {
        [
            Figure(name: "pgserver_pool_in_flight", help: "Transactions sent and not answered.", path: \.inFlight),
            Figure(name: "pgserver_pool_waiting", help: "Transactions that wait for a connection.", path: \.waiting),
        ]
    }

    private static var counters: [Figure] {
        [
            Figure(name: "pgserver_transactions_total", help: "Answered by PostgreSQL.", path: \.transactions),
            Figure(name: "pgserver_transaction_errors_total", help: "Answered with an error.", path: \.errors),
            Figure(name: "pgserver_unavailable_total", help: "Transactions without an answer.", path: \.unavailable),
            Figure(
                name: "pgserver_conflict_retries_total", help: "Run again after a deadlock or serialization failure.",
                path: \.conflictRetries),
            Figure(
                name: "pgserver_loss_retries_total", help: "Reads run again after a lost connection.",
                path: \.lossRetries),
            Figure(
                name: "pgserver_stale_plan_retries_total", help: "Run again because a function had changed.",
                path: \.stalePlanRetries),
            Figure(name: "pgserver_connects_total", help: "Connections made.", path: \.connects),
            Figure(name: "pgserver_connect_failures_total", help: "Connections refused.", path: \.connectFailures),
            Figure(name: "pgserver_connections_lost_total", help: "Connections lost.", path: \.connectionsLost),
            Figure(
                name: "pgserver_cancels_total", help: "Queries cancelled for clients that left.", path: \.cancelsSent),
            Figure(
                name: "pgserver_watchdog_kills_total", help: "Connections given up because PostgreSQL hung.",
                path: \.watchdogKills),
        ]
    }

    private static func labels(_ route: String) -> [(String, String)] {
        let parts = route.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return [("method", ""), ("route", "")] }
        return [("method", String(parts[0])), ("route", String(parts[1]))]
    }
}
