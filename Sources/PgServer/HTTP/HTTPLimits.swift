/// The bounds of one connection. ``RequestParser`` keeps those in bytes and numbers; the connection keeps the times.
struct HTTPLimits: Sendable, Equatable {
    /// Longest request line or field line, without its CRLF. RFC 9112 §3 asks for at least 8000.
    var lineByteCountMax = 8 * 1024
    var fieldCountMax = 100
    /// Largest head: the request line, all fields, the empty line, and every CRLF.
    var headByteCountMax = 32 * 1024
    /// Largest decoded body, unless the request's route states its own.
    var bodyByteCountMax = 1024 * 1024
    /// Most bytes of extensions in all chunks of one body.
    var chunkExtensionByteCountMax = 4 * 1024
    /// Largest trailer section after a chunked body, every CRLF included.
    var trailerByteCountMax = 8 * 1024
    /// Most requests of one connection that may wait for their answers at once.
    var pipelineDepthMax = 16

    /// From accepting the connection to the end of its TLS handshake.
    var timeToSecure = Duration.seconds(10)
    /// From accepting the connection, or the end of its handshake, to its first byte.
    var timeToFirstByte = Duration.seconds(10)
    /// From a request's first byte to the end of its head.
    var timeToHead = Duration.seconds(10)
    /// From the end of the head to the end of the body.
    var timeToBody = Duration.seconds(60)
    /// From one answer to the next request's first byte.
    var idle = Duration.seconds(75)
}
