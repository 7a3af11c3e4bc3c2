internal import Synchronization

/// What the listeners of all reactors want to see, as reactors tell the relay's thread.
///
/// **No event falls between registration and replay.** The relay takes the changes between two batches, and what it
/// reads afterwards reaches the new listener. What it has read before is committed, so a replay that begins after the
/// relay has ``acknowledge(_:)``d sees it. A listener therefore registers, waits for the acknowledgement, and only then
/// reads history; what arrives meanwhile it keeps, and drops by position what history has shown.
///
/// Reactors and relay hold the lock for a few lookups. The table that events are matched with is the relay's own.
final class RelayInterest: Sendable {
    /// Since when an interest counts.
    enum Standing: Equatable, Sendable {
        /// What is committed from now on arrives: history may be read at once.
        case effective
        /// Not before ``FrontendMessage/interestEffective(generation:)`` with this generation or a later one.
        case pending(generation: UInt64)
    }

    /// One condition of one stream's listeners on one reactor.
    struct Key: Hashable, Sendable {
        let tenant: TenantID
        let routeID: Int
        let reactor: Int
        let interest: EventInterest
    }

    /// What has changed since the last look.
    struct Changes: Sendable {
        var added: [(key: Key, route: RelayRoute)] = []
        var removed: [Key] = []
        /// Acknowledged once the changes are in the relay's table.
        var generation: UInt64 = 0
        var isEmpty: Bool { added.isEmpty && removed.isEmpty }
    }

    private struct Entry {
        /// As the newest listener's catalog has it.
        var route: RelayRoute
        var listenerCount = 0
        let generation: UInt64
        /// As the relay has it in its table; nil if it is not there.
        var takenRoute: RelayRoute?
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// What the relay does not know yet, no more than once each.
        var pending: Set<Key> = []
        var generation: UInt64 = 0
        var effective: UInt64 = 0
    }

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    /// - Parameter wake: makes the relay's thread look.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    // MARK: For reactors

    /// A listener begins. The same arguments end it.
    ///
    /// - Parameter reactor: The place of the reactor's mailbox in ``SharedState/mailboxes``.
    func add(_ filter: StreamFilter, tenant: TenantID, route: RelayRoute, reactor: Int) -> Standing {
        var isWaking = false
        let standing = state.withLock { state -> Standing in
            var newest: UInt64 = 0
            let next = state.generation + 1
            for interest in filter.interests {
                let key = Key(tenant: tenant, routeID: route.id, reactor: reactor, interest: interest)
                var entry = state.entries[key] ?? Entry(route: route, generation: next)
                if entry.takenRoute != route {
                    isWaking = state.pending.insert(key).inserted || isWaking
                } else {
                    state.pending.remove(key)  // its end was not told yet, and now need not be
                }
                entry.route = route
                entry.listenerCount += 1
                newest = max(newest, entry.generation)
                state.entries[key] = entry
            }
            state.generation = max(state.generation, newest)
            return newest <= state.effective ? .effective : .pending(generation: newest)
        }
        if isWaking { wake() }
        return standing
    }

    /// A listener has ended. The relay need not hurry to hear of it.
    func remove(_ filter: StreamFilter, tenant: TenantID, route: RelayRoute, reactor: Int) {
        state.withLock { state in
            for interest in filter.interests {
                let key = Key(tenant: tenant, routeID: route.id, reactor: reactor, interest: interest)
                guard var entry = state.entries[key], entry.listenerCount > 0 else {
                    preconditionFailure("an interest ends once, after it began")
                }
                entry.listenerCount -= 1
                if entry.listenerCount > 0 || entry.takenRoute != nil {
                    state.entries[key] = entry
                    if entry.listenerCount == 0 { state.pending.insert(key) }
                } else {
                    state.entries[key] = nil
                    state.pending.remove(key)
                }
            }
        }
    }

    // MARK: For the relay

    /// Whether there is anything to take.
    var isPending: Bool { state.withLock { !$0.pending.isEmpty } }

    /// What has changed since the last call. The relay calls it between two batches and at no other time.
    func takeChanges() -> Changes {
        state.withLock { state in
            var changes = Changes()
            changes.generation = state.generation
            for key in state.pending {
                guard let entry = state.entries[key] else { continue }
                if entry.listenerCount > 0 {
                    state.entries[key]?.takenRoute = entry.route
                    changes.added.append((key, entry.route))
                } else {
                    state.entries[key] = nil
                    changes.removed.append(key)
                }
            }
            state.pending.removeAll(keepingCapacity: state.pending.count < 1024)
            return changes
        }
    }

    /// The changes up to this generation are in the relay's table: every batch from now on is matched with them.
    func acknowledge(_ generation: UInt64) {
        state.withLock { $0.effective = max($0.effective, generation) }
    }
}
