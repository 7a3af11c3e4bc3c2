/// What other threads tell the worker.
enum WorkerMessage: Sendable {
    /// Jobs wait in this queue, or, without a name, may wait in any.
    case wake(queue: String?)
    /// A job under way may have been cancelled.
    case checkLeases
    /// Events have been given their places.
    case eventsLogged
    /// Whether notifications are heard.
    case listening(Bool)
    /// Take no more jobs, finish what runs or give it back, then say so.
    case drain
    /// Somebody wants to know what the worker counted.
    case report(to: MetricsCollection)
}
