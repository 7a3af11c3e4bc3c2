import Glibc

/// What whoever started this process has handed over: listening sockets, from descriptor 3 on.
struct Inheritance: Equatable, Sendable {
    let listenerCount: Int
    /// Where a predecessor waits to hear that this process serves; nil if there is none.
    let channel: Int32?

    /// The first descriptor behind standard input, output and error (sd_listen_fds(3)).
    static let firstDescriptor: Int32 = 3
    static let listenerCountMax = 256
    /// `PROCESS:COUNT`, of the predecessor and of its sockets.
    static let predecessorVariable = "PGSERVER_HANDOVER"
    static let activationVariables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]

    var listeners: [Int32] { (0..<Int32(listenerCount)).map { Self.firstDescriptor + $0 } }

    /// - Returns: nil if nothing was handed over, or to another process than this one.
    init?(_ environment: Environment, process: Int32 = getpid(), parent: Int32 = getppid()) {
        if let text = environment[Self.predecessorVariable] {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, Int32(parts[0]) == parent, let count = Self.count(parts[1]) else { return nil }
            listenerCount = count
            channel = Self.firstDescriptor + Int32(count)
        } else {
            guard environment["LISTEN_PID"].flatMap({ Int32($0) }) == process,
                let count = environment["LISTEN_FDS"].flatMap({ Self.count($0[...]) })
            else { return nil }
            listenerCount = count
            channel = nil
        }
    }

    /// The environment of a successor of this process.
    static func variables(
        forSuccessor environment: Environment, listenerCount: Int, process: Int32 = getpid()
    ) -> [String: String] {
        var variables = environment.variables
        for name in activationVariables { variables[name] = nil }
        variables[predecessorVariable] = "\(process):\(listenerCount)"
        return variables
    }

    private static func count(_ text: Substring) -> Int? {
        guard let count = Int(text), (1...listenerCountMax).contains(count) else { return nil }
        return count
    }
}
