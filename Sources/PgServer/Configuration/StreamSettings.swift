/// The bounds of event streams.
struct StreamSettings: Sendable {
    /// What may wait for a listener that reads slowly.
    var bufferByteCountMax = 256 * 1024
    /// How often a WebSocket is asked whether it is alive.
    var pingInterval = Duration.seconds(25)
    /// How long it may take to answer.
    var pongTimeout = Duration.seconds(8)
    /// Listeners of one reactor that read history at the same time.
    var replayCountMax = 2
    /// Largest message of a client, over all its frames.
    var messageByteCountMax = 64 * 1024
}
