internal import Synchronization

/// The sessions on whose credentials streams are open, and on which reactors.
///
/// Reactors add and remove; the thread that watches sessions reads.
final class StreamSessions: Sendable {
    private let counts = Mutex<[StreamSession: [Int: Int]]>([:])  // by reactor, how many streams

    /// A stream begins.
    func add(_ session: StreamSession, reactor: Int) {
        counts.withLock { $0[session, default: [:]][reactor, default: 0] += 1 }
    }

    /// A stream has ended, for whatever reason.
    func remove(_ session: StreamSession, reactor: Int) {
        counts.withLock { counts in
            guard let count = counts[session]?[reactor] else { preconditionFailure("a stream ends once") }
            counts[session]?[reactor] = count > 1 ? count - 1 : nil
            if counts[session]?.isEmpty == true { counts[session] = nil }
        }
    }

    var all: [StreamSession] { counts.withLock { Array($0.keys) } }

    /// The sessions of the set that have streams, by reactor.
    func reactors(of sessions: Set<StreamSession>) -> [Int: Set<StreamSession>] {
        counts.withLock { counts in
            var byReactor: [Int: Set<StreamSession>] = [:]
            for session in sessions {
                for reactor in (counts[session] ?? [:]).keys { byReactor[reactor, default: []].insert(session) }
            }
            return byReactor
        }
    }
}
