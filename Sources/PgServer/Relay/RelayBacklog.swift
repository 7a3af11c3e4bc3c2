internal import Synchronization

/// The bytes of frames that a reactor was handed and has not yet let go of. Past the bound it is handed no more.
final class RelayBacklog: Sendable {
    private let bytes = Atomic(0)
    private let byteCountMax: Int

    /// - Parameter byteCountMax: Reached by whole batches, so it may be overstepped by one.
    init(byteCountMax: Int = 16 << 20) { self.byteCountMax = byteCountMax }

    func add(_ byteCount: Int) { bytes.add(byteCount, ordering: .relaxed) }
    func subtract(_ byteCount: Int) { bytes.subtract(byteCount, ordering: .relaxed) }

    var byteCount: Int { bytes.load(ordering: .relaxed) }
    var isFull: Bool { byteCount >= byteCountMax }
    /// Room enough to begin again after it was full: not at the first byte, or it would be full again at once.
    var hasRecovered: Bool { byteCount <= byteCountMax / 2 }
}
