/// What the worker says to PostgreSQL. Parameters and columns are those of the functions of schema `api`.
extension EngineSQL {
    /// The channel on which SQL says that jobs wait; the payload names the queue.
    static let jobsChannel = "pgserver_jobs"
    /// The payload on ``jobsChannel`` that says that a job under way was cancelled. No queue is called so.
    static let cancelPayload = "!cancelled"
    /// The channel on which SQL says that events have been given their places.
    static let eventsChannel = "pgserver_log"

    /// Parameters: worker, queue, most jobs, lease in seconds.
    static let claimJobs = "SELECT * FROM api.claim_jobs($1, $2, $3, make_interval(secs => $4))"
    /// Parameters: job, attempt. Runs as role `worker`, after ``context``.
    static let runJob = "SELECT api.run_job($1, $2)"
    /// Parameters: job, attempt, code, message.
    static let failJob = "SELECT api.fail_job($1, $2, $3, $4)"
    /// Parameters: job, attempt, outcome. Runs as role `worker`, after ``context``.
    static let finishEffect = "SELECT api.finish_effect($1, $2, $3)"
    /// Parameters: worker, an array of jobs, lease in seconds. Its rows are the jobs that are ours no longer.
    static let extendLeases = "SELECT * FROM api.extend_leases($1, $2, make_interval(secs => $3))"
    /// Parameter: worker.
    static let releaseJobs = "SELECT api.release_jobs($1)"
    /// Parameters: job, attempt, progress.
    static let reportProgress = "SELECT api.report_progress($1, $2, $3)"
    /// Milliseconds until the next job of a queue is expected, by PostgreSQL's clock; null if none waits.
    static let nextJobIn =
        "SELECT ceil(extract(epoch FROM api.next_job_at($1) - clock_timestamp()) * 1000)::bigint"

    static let requeueExpired = "SELECT api.requeue_expired()"
    /// Parameter: most runs.
    static let runDueSchedules = "SELECT api.run_due_schedules($1)"
    /// Parameter: most events.
    static let dispatchEvents = "SELECT api.dispatch_events($1)"
    static let jobMetrics = "SELECT * FROM api.job_metrics()"
}
