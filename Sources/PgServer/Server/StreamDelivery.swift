/// Events that come to many listeners at once: their bytes are put together once for each wire.
final class StreamDelivery {
    let frames: [EventFrame]
    let nowMicroseconds: Int64
    private(set) lazy var sse = join { $0.sse }
    private(set) lazy var webSocket = join { $0.webSocket }

    /// - Parameter frames: In the order of their positions; not empty.
    init(_ frames: [EventFrame], at nowMicroseconds: Int64) {
        self.frames = frames
        self.nowMicroseconds = nowMicroseconds
    }

    /// The bytes of one frame are passed on as they are, by reference.
    private func join(_ bytes: (EventFrame) -> [UInt8]) -> [UInt8] {
        guard frames.count > 1 else { return frames.first.map(bytes) ?? [] }
        var joined: [UInt8] = []
        joined.reserveCapacity(frames.reduce(0) { $0 + bytes($1).count })
        for frame in frames { joined += bytes(frame) }
        return joined
    }
}
