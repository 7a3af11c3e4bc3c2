internal import CLinux
internal import Glibc

/// A process that was started to take over the listening sockets, until it serves or has failed.
///
/// It has the very sockets, not others on the same port: a connection that waits to be accepted belongs to its socket,
/// and is reset when the last process that has this one closes it.
final class Successor {
    enum State: Equatable {
        case starting
        case serves
        /// Completes the sentence "the new process …".
        case failed(String)
    }

    let process: pid_t
    /// Readable when the successor serves, and at its end.
    let channel: Int32
    let deadline: ContinuousClock.Instant

    /// How long a start may take.
    static let patience = Duration.seconds(60)
    /// The lowest number of descriptors on their way, above those under which the successor gets them.
    private static let passingDescriptorMin = Inheritance.firstDescriptor + Int32(Inheritance.listenerCountMax) + 1

    /// Starts the program that runs here anew, as its file is now.
    init(listeners: [Int32], arguments: [String], environment: [String: String]) throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SystemError(call: "socketpair", number: errno)
        }
        channel = ends[0]
        deadline = ContinuousClock.now + Self.patience
        var passing: [Int32] = []
        defer { for descriptor in passing + [ends[1]] { close(descriptor) } }
        do throws(SystemError) {
            for descriptor in listeners + [ends[1]] {
                let duplicate = linux_duplicate(descriptor, Self.passingDescriptorMin)
                guard duplicate >= 0 else { throw SystemError(call: "fcntl", number: errno) }
                passing.append(duplicate)
            }
            process = try Self.spawn(arguments, environment, passing)
        } catch {
            close(ends[0])
            throw error
        }
    }

    deinit { close(channel) }

    /// Looks how far it is. To be called when ``channel`` is readable, or time has passed.
    func state() -> State {
        var byte: UInt8 = 0
        switch recv(channel, &byte, 1, Int32(MSG_DONTWAIT)) {
        case 1: return .serves
        case 0: return .failed("ended before it served (\(reap()))")
        default:
            guard ContinuousClock.now >= deadline else { return .starting }
            abandon()
            return .failed("did not serve within \(Self.patience) and was ended")
        }
    }

    /// Ends it, whatever it is at.
    func abandon() {
        kill(process, SIGKILL)
        _ = reap()
    }

    private func reap() -> String {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? "exit status \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
    }

    /// - Parameter descriptors: what the child gets, from ``Inheritance/firstDescriptor`` on.
    private static func spawn(
        _ arguments: [String], _ environment: [String: String], _ descriptors: [Int32]
    ) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (index, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Inheritance.firstDescriptor + Int32(index))
        }
        // Our signals are blocked for all threads but one place; the child begins with none blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var child = pid_t()
        let result = posix_spawnp(&child, arguments[0], &actions, &attributes, words, variables)
        guard result == 0 else { throw SystemError(call: "posix_spawn", number: result) }
        return child
    }
}
