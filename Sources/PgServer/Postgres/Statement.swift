import Synchronization

/// One SQL statement with its parameters' types, made once and shared by all connections of all threads.
///
/// A connection prepares it when it is first used there, under a name of its own choice. What tells two statements
/// apart is the object, not the text: a reloaded catalog makes new ones.
final class Statement: Sendable {
    /// How PostgreSQL writes the fields of the answer. `bytea` is raw bytes in `binary`, hexadecimal in `text`.
    enum ResultFormat: Int32, Sendable { case text = 0, binary = 1 }

    /// Never used twice, unlike an object's address.
    let serial: UInt64
    /// Kept with its NUL, so that sending it copies nothing.
    let text: [CChar]
    /// Type OIDs by position; 0, or a shorter list, lets PostgreSQL infer.
    let parameterTypes: [UInt32]
    let resultFormat: ResultFormat
    /// False for SQL that runs once: it is parsed with each use and takes no place among the prepared ones.
    let isPrepared: Bool

    private static let serials = Atomic<UInt64>(1)

    init(
        _ text: String, parameterTypes: [UInt32] = [], resultFormat: ResultFormat = .text, isPrepared: Bool = true
    ) {
        serial = Self.serials.wrappingAdd(1, ordering: .relaxed).oldValue
        self.text = Array(text.utf8CString)
        self.parameterTypes = parameterTypes
        self.resultFormat = resultFormat
        self.isPrepared = isPrepared
    }
}
