internal import Synchronization

/// The open streams of the whole process, as its limits count them. Touched when a stream begins and when it ends.
final class StreamCounts: Sendable {
    /// Whose streams a limit counts together.
    struct Key: Hashable, Sendable {
        let dialect: String
        let streamClass: String
        let subject: String
        let value: String
    }

    /// The places that one stream takes. To be given back once, by ``StreamCounts/giveBack(_:)``.
    typealias Places = [Key]

    private let counts = Mutex<[Key: Int]>([:])

    /// Takes a place under every limit, or under none.
    ///
    /// - Parameter value: The caller's value of a limit's subject.
    /// - Returns: nil if one of the limits is reached.
    func take(_ limits: [StreamLimit], value: (StreamLimit) -> String) -> Places? {
        guard !limits.isEmpty else { return [] }
        let keys = limits.map {
            Key(dialect: $0.dialect, streamClass: $0.streamClass, subject: $0.subject, value: value($0))
        }
        return counts.withLock { counts in
            for (key, limit) in zip(keys, limits) where counts[key, default: 0] >= limit.countMax { return nil }
            for key in keys { counts[key, default: 0] += 1 }
            return keys
        }
    }

    func giveBack(_ places: Places) {
        guard !places.isEmpty else { return }
        counts.withLock { counts in
            for key in places {
                guard let count = counts[key], count > 0 else { preconditionFailure("a place is given back once") }
                counts[key] = count > 1 ? count - 1 : nil
            }
        }
    }

    /// Subjects that have a stream open.
    var subjectCount: Int { counts.withLock { $0.count } }
}
