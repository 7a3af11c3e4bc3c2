/// The listeners of one stream, tenant and filter on one reactor: what fits one of them fits all.
final class StreamGroup {
    struct Key: Hashable {
        let tenant: TenantID
        let routeID: Int
        let filter: StreamFilter
    }

    let key: Key
    let route: Route
    let plan: StreamPlan
    /// Whether the relay counts its interest.
    var isEffective: Bool
    /// The generation whose acknowledgement makes it so.
    let generation: UInt64
    /// The last position that was offered here; nil before the first batch.
    private(set) var head: Int64?
    /// A position behind which everything is still to be offered; nil while none is known.
    private var floor: Int64?
    /// Nothing is offered here any more: the catalog that is about to come has another stream in its place, which goes
    /// on behind ``head``, or none.
    private var isSuspended = false
    private(set) var listeners: [StreamListener] = []
    /// For a stream of states.
    let state: StreamState?

    /// Events of the batch at hand, in order.
    private var frames: [EventFrame] = []

    init(key: Key, route: Route, plan: StreamPlan, standing: RelayInterest.Standing, state: StreamState?) {
        self.key = key
        self.route = route
        self.plan = plan
        self.state = state
        switch standing {
        case .effective:
            isEffective = true
            generation = 0
        case .pending(let generation):
            isEffective = false
            self.generation = generation
        }
    }

    func add(_ listener: StreamListener) {
        listener.place = listeners.count
        listeners.append(listener)
    }

    /// The last one takes its place.
    func remove(_ listener: StreamListener) {
        let last = listeners.removeLast()
        if last !== listener {
            listeners[listener.place] = last
            last.place = listener.place
        }
    }

    /// Calls `body` with every listener; it may end them.
    func forEach(_ body: (StreamListener) -> Void) {
        var index = listeners.count - 1
        while index >= 0 {
            body(listeners[index])
            index = min(index, listeners.count) - 1
        }
    }

    /// A batch has been offered as a whole.
    func offered(upTo position: Int64) {
        guard !isSuspended else { return }
        head = max(head ?? position, position)
        floor = max(floor ?? position, position)
    }

    func suspend(before position: Int64) {
        offered(upTo: position - 1)
        isSuspended = true
        floor = nil
    }

    /// A page of history, read while the interest counted, has reached the end of the log there.
    func read(upTo position: Int64) { if !isSuspended { floor = max(floor ?? position, position) } }

    /// Events were left out: what is behind the last position is not known to come.
    func leftOut() { floor = nil }

    /// Whether a listener who knows everything up to `position` needs no history.
    func offersEverything(after position: Int64) -> Bool { isEffective && floor.map { position >= $0 } ?? false }

    /// - Returns: whether it is the first of this batch.
    func collect(_ frame: EventFrame) -> Bool {
        frames.append(frame)
        return frames.count == 1
    }

    /// Hands everybody what was collected. All who get the same share its bytes.
    func deliver(at nowMicroseconds: Int64) {
        let delivery = StreamDelivery(frames, at: nowMicroseconds)
        frames.removeAll(keepingCapacity: frames.count <= Self.frameCapacityKept)
        forEach { $0.receive(delivery) }
    }

    private static let frameCapacityKept = 64
}
