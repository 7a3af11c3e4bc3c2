internal import Glibc

/// The thread that hears of jobs: it listens on a connection of its own and tells the worker.
///
/// What it misses costs only time: the worker looks by itself once a second.
struct JobListener: Sendable {
    let keywords: [(String, String)]
    let mailbox: Mailbox<WorkerMessage>

    /// How often the connection is tried by a notification to itself: a LISTEN can be dead without a sign.
    static let heartbeatInterval = Duration.seconds(30)
    /// How long a heartbeat may take to come back.
    static let heartbeatPatience = Duration.seconds(10)
    static let waitLongest = Duration.seconds(1)
    static let reconnectPauseFirst = Duration.milliseconds(100)
    static let reconnectPauseLongest = Duration.seconds(5)

    /// Never returns.
    func run() {
        var pause = Self.reconnectPauseFirst
        while true {
            do throws(PostgresError) {
                try listen { pause = Self.reconnectPauseFirst }
            } catch {
                mailbox.post(.listening(false))
                Server.say("worker: the listening connection was lost: \(error.failure.message)")
            }
            Self.sleep(pause)
            pause = min(pause * 2, Self.reconnectPauseLongest)
        }
    }

    private func listen(_ listening: () -> Void) throws(PostgresError) {
        let connection = try BlockingConnection(
            keywords: keywords + [("application_name", "pg-server worker")], answerTimeout: Self.heartbeatPatience)
        try connection.listen(EngineSQL.jobsChannel)
        try connection.listen(EngineSQL.eventsChannel)
        listening()
        mailbox.post(.listening(true))
        mailbox.post(.wake(queue: nil))  // for what was enqueued before
        mailbox.post(.eventsLogged)
        // Ours alone: other nodes listen on the same channel.
        let heartbeat = "heartbeat \(getpid()) \(WallClock.milliseconds())"
        var lastHeard = ContinuousClock.now
        var heartbeatSentAt: ContinuousClock.Instant?
        while true {
            if let notification = try connection.waitForNotification(timeout: Self.waitLongest) {
                lastHeard = ContinuousClock.now
                if notification.channel == EngineSQL.eventsChannel {
                    mailbox.post(.eventsLogged)
                } else if notification.payload == heartbeat {
                    heartbeatSentAt = nil
                } else if notification.payload == EngineSQL.cancelPayload {
                    mailbox.post(.checkLeases)
                } else if !notification.payload.hasPrefix("heartbeat ") {
                    // A full mailbox means that the worker is being woken already.
                    mailbox.post(.wake(queue: notification.payload.isEmpty ? nil : notification.payload))
                }
            }
            let now = ContinuousClock.now
            if let sentAt = heartbeatSentAt {
                guard now - sentAt <= Self.heartbeatPatience else {
                    throw .connection("its own notification did not come back")
                }
            } else if now - lastHeard > Self.heartbeatInterval {
                _ = try connection.rows("SELECT pg_notify($1, $2)", [EngineSQL.jobsChannel, heartbeat])
                heartbeatSentAt = now
            }
        }
    }

    private static func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }
}
