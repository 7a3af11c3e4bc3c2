/// What a worker has done since it started.
struct WorkerMetrics: Sendable {
    struct KindCounters: Sendable {
        var outcomes: [JobOutcome: Int] = [:]
        var duration = Histogram()
    }

    /// Most kinds counted apart; the others are counted together.
    static let kindCountMax = 256
    static let otherKinds = ""

    private(set) var kinds: [String: KindCounters] = [:]
    private(set) var effects: [Effect.Kind: [JobOutcome: Int]] = [:]
    /// From the instant a job was due to its claim.
    var startDelay = Histogram()
    var claims = 0
    var claimed = 0
    var leasesLost = 0
    /// Runs whose end SQL did not hear from us.
    var unknownOutcomes = 0
    var progressReports = 0
    var isListening = false
    /// What SQL told last.
    var database: [JobMetric] = []

    mutating func count(_ kind: String, _ outcome: JobOutcome, _ duration: Duration? = nil) {
        let name = kinds[kind] != nil || kinds.count < Self.kindCountMax ? kind : Self.otherKinds
        kinds[name, default: KindCounters()].outcomes[outcome, default: 0] += 1
        if let duration { kinds[name]?.duration.add(microseconds: duration.wholeMicroseconds) }
    }

    mutating func count(_ effect: Effect.Kind, _ outcome: JobOutcome) {
        effects[effect, default: [:]][outcome, default: 0] += 1
    }
}
