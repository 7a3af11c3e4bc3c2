/// When each listener is to be looked at again: one wheel for all of a reactor instead of a timer for each.
///
/// A turn of the wheel takes ``slotCount`` ticks. Who is due later stands in the last slot and is put in again from
/// there. A listener that is put in anew leaves its old entry behind, which its ticket tells apart.
struct StreamWheel<Listener: AnyObject> {
    private struct Entry {
        let listener: Listener
        let ticket: UInt32
        let dueTick: Int
    }

    static var slotCount: Int { 256 }

    private var slots: [[Entry]]
    private var tick = 0

    init() { slots = Array(repeating: [], count: Self.slotCount) }

    /// - Parameters:
    ///   - ticks: How many ticks from now, at least one.
    ///   - ticket: Comes back with the listener.
    mutating func insert(_ listener: Listener, afterTicks ticks: Int, ticket: UInt32) {
        place(Entry(listener: listener, ticket: ticket, dueTick: tick + max(1, ticks)))
    }

    /// Goes on by one tick.
    ///
    /// - Returns: Those who are due, with their tickets.
    mutating func advance() -> [(listener: Listener, ticket: UInt32)] {
        tick += 1
        let index = tick % Self.slotCount
        guard !slots[index].isEmpty else { return [] }
        var entries: [Entry] = []
        swap(&entries, &slots[index])
        var due: [(listener: Listener, ticket: UInt32)] = []
        due.reserveCapacity(entries.count)
        for entry in entries {
            if entry.dueTick <= tick { due.append((entry.listener, entry.ticket)) } else { place(entry) }
        }
        return due
    }

    private mutating func place(_ entry: Entry) {
        let distance = min(entry.dueTick - tick, Self.slotCount - 1)
        slots[(tick + distance) % Self.slotCount].append(entry)
    }
}
