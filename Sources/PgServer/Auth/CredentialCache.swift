/// Credentials verified a moment ago and whom they stand for, so that a client's next request costs no signature
/// check and no question to SQL. One for each reactor.
///
/// Keyed by the whole credential: a hash alone could collide. An entry lives until its credential expires or the key
/// set changes, whichever is first. When full, the entry that is next on a clock's face and has not been used since
/// the hand last passed makes room (second chance). A lookup allocates nothing.
struct CredentialCache: ~Copyable {
    private struct Entry {
        var hash: Int
        var credential: [UInt8]
        var principal: Principal
        var expiresAt: Int64
        var isUsed: Bool
    }

    /// Most entries. Of the longest credentials that is 40 MB; of usual ones, 4 MB.
    static let entryCountMax = 10_000
    static let credentialByteCountMax = TokenVerifier.tokenByteCountMax

    private let entryCountMax: Int
    private var entries: [Entry] = []
    /// An open-addressing table of indices into `entries`, at most half full; `vacant` where there is none.
    private var slots: [Int32]
    private var hand = 0
    private var generation: UInt64 = 0
    private static let vacant: Int32 = -1

    init(entryCountMax: Int = CredentialCache.entryCountMax) {
        precondition(entryCountMax > 0 && entryCountMax <= 1 << 24)
        self.entryCountMax = entryCountMax
        var slotCount = 8
        while slotCount < entryCountMax * 2 { slotCount *= 2 }
        slots = [Int32](repeating: Self.vacant, count: slotCount)
    }

    var count: Int { entries.count }

    /// Whom `credential` stands for, if that was found under this key set and still holds.
    ///
    /// - Parameters:
    ///   - now: Unix seconds.
    ///   - generation: That of the key set in force. A new one empties the cache.
    mutating func principal(for credential: Span<UInt8>, at now: Int64, generation: UInt64) -> Principal? {
        if generation != self.generation { removeAll(generation: generation) }
        guard let slot = slot(of: credential, hash: Self.hash(credential)) else { return nil }
        let index = Int(slots[slot])
        guard now < entries[index].expiresAt else {
            remove(at: slot)
            return nil
        }
        entries[index].isUsed = true
        return entries[index].principal
    }

    /// Keeps whom `credential` stands for until `expiresAt`, in unix seconds.
    ///
    /// - Parameter generation: That of the key set it was verified under. An older one than the cache's is ignored,
    ///   so that an answer which took long cannot bring back a withdrawn key.
    mutating func insert(
        _ principal: Principal, for credential: Span<UInt8>, expiresAt: Int64, at now: Int64, generation: UInt64
    ) {
        guard now < expiresAt, credential.count <= Self.credentialByteCountMax, generation >= self.generation else {
            return
        }
        if generation > self.generation { removeAll(generation: generation) }
        let hash = Self.hash(credential)
        if let slot = slot(of: credential, hash: hash) { remove(at: slot) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(credential.count)
        for index in credential.indices { bytes.append(credential[index]) }
        let entry = Entry(hash: hash, credential: bytes, principal: principal, expiresAt: expiresAt, isUsed: false)
        if entries.count < entryCountMax {
            slots[vacancy(for: hash)] = Int32(entries.count)
            entries.append(entry)
        } else {
            let index = victim(at: now)
            close(slot(ofEntry: index))
            entries[index] = entry
            slots[vacancy(for: hash)] = Int32(index)
        }
    }

    /// Forgets everything; from now on only what was verified under `generation` or later is kept.
    mutating func removeAll(generation: UInt64) {
        self.generation = generation
        entries.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = Self.vacant }
        hand = 0
    }

    /// The entry that makes room. The hand passes each entry at most twice: its first round takes every mark away.
    private mutating func victim(at now: Int64) -> Int {
        while true {
            let index = hand < entries.count ? hand : 0
            hand = index + 1
            if !entries[index].isUsed || entries[index].expiresAt <= now { return index }
            entries[index].isUsed = false
        }
    }

    /// Removes the entry a slot points to. The last entry takes its place in `entries`.
    private mutating func remove(at slot: Int) {
        let index = Int(slots[slot])
        let last = entries.count - 1
        if index != last {
            slots[self.slot(ofEntry: last)] = Int32(index)
            entries.swapAt(index, last)
        }
        entries.removeLast()
        close(slot)
    }

    /// Empties a slot and moves back whoever probed past it, so that no search ends early.
    private mutating func close(_ slot: Int) {
        var gap = slot
        var probe = next(slot)
        while slots[probe] != Self.vacant {
            let home = entries[Int(slots[probe])].hash & (slots.count - 1)
            let isBetween = gap <= probe ? gap < home && home <= probe : gap < home || home <= probe
            if !isBetween {
                slots[gap] = slots[probe]
                gap = probe
            }
            probe = next(probe)
        }
        slots[gap] = Self.vacant
    }

    private func slot(of credential: Span<UInt8>, hash: Int) -> Int? {
        var slot = hash & (slots.count - 1)
        while slots[slot] != Self.vacant {
            let index = Int(slots[slot])
            if entries[index].hash == hash, Self.areEqual(entries[index].credential, credential) { return slot }
            slot = next(slot)
        }
        return nil
    }

    private func slot(ofEntry index: Int) -> Int {
        var slot = entries[index].hash & (slots.count - 1)
        while slots[slot] != Int32(index) {
            precondition(slots[slot] != Self.vacant, "an entry has lost its slot")
            slot = next(slot)
        }
        return slot
    }

    private func vacancy(for hash: Int) -> Int {
        var slot = hash & (slots.count - 1)
        while slots[slot] != Self.vacant { slot = next(slot) }
        return slot
    }

    private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }

    /// Seeded at random in each process, so that nobody can aim at one slot.
    private static func hash(_ credential: Span<UInt8>) -> Int {
        var hasher = Hasher()
        credential.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    /// Eight bytes at a time. Not constant in time, and need not be: only equal seeded hashes come this far.
    private static func areEqual(_ left: [UInt8], _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                var offset = 0
                while offset + 8 <= left.count {
                    let word = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    guard word == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
                    offset += 8
                }
                while offset < left.count {
                    guard left[offset] == right[offset] else { return false }
                    offset += 1
                }
                return true
            }
        }
    }
}

@available(*, unavailable)
extension CredentialCache: Sendable {}
