/// Actions that fall due at an instant, in a binary heap. A cancelled one stays in the heap until its instant and is
/// skipped then: cancelling is common, and finding a heap's inner element is not cheap.
struct Timers {
    private struct Entry {
        var due: ContinuousClock.Instant
        var id: TimerID
    }

    private var heap: [Entry] = []
    private var actions: [TimerID: () -> Void] = [:]
    private var lastID: UInt64 = 0

    /// The next instant at which something may fall due.
    var earliest: ContinuousClock.Instant? { heap.first?.due }
    var count: Int { actions.count }

    mutating func schedule(at due: ContinuousClock.Instant, _ action: @escaping () -> Void) -> TimerID {
        lastID += 1
        let id = TimerID(number: lastID)
        actions[id] = action
        heap.append(Entry(due: due, id: id))
        siftUp(from: heap.count - 1)
        return id
    }

    mutating func cancel(_ id: TimerID) {
        actions.removeValue(forKey: id)
        // Many cancelled entries with a far instant would otherwise pile up.
        if heap.count > 64, heap.count > 4 * actions.count { rebuild() }
    }

    /// Takes the next action that is due at `now`, if there is one.
    mutating func takeDue(at now: ContinuousClock.Instant) -> (() -> Void)? {
        while let first = heap.first, first.due <= now {
            removeFirst()
            if let action = actions.removeValue(forKey: first.id) { return action }
        }
        return nil
    }

    private mutating func rebuild() {
        heap.removeAll { actions[$0.id] == nil }
        heap.sort { $0.due < $1.due }  // a sorted array is a heap
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, heap[child + 1].due < heap[child].due { child += 1 }
            guard heap[child].due < heap[parent].due else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }

    private mutating func siftUp(from index: Int) {
        var child = index
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].due < heap[parent].due else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }
}
