import Glibc

/// A program of `Fixtures` that plays the outside: a server on a port of its own, stopped with the test.
final class OutsideProgram {
    let port: UInt16
    private let child: pid_t
    private let log: String

    /// Starts the program and waits until it says its port.
    init(_ fixture: String, _ arguments: [String] = [], python: String = "python3") throws {
        log = "\(try TestCluster.stateDirectory())/outside-\(getpid())-\(Subprocess.nextNumber()).log"
        let path = "\(Project.root)/Tests/ContractTests/Fixtures/\(fixture)"
        child = try Subprocess.start(
            python, [path] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"], log: log)
        var port: UInt16?
        let (child, log) = (child, log)
        do {
            try eventually("\(fixture) says its port") {
                port =
                    Subprocess.read(log).split(separator: "\n").lazy.compactMap { line in
                        line.hasPrefix("port ") ? UInt16(line.dropFirst(5)) : nil
                    }.first
                return port != nil
            }
        } catch {
            kill(child, SIGKILL)
            _ = Subprocess.wait(for: child)
            throw TestFailure("\(fixture) did not start:\n\(Subprocess.read(log))")
        }
        self.port = port ?? 0
    }

    deinit {
        kill(child, SIGKILL)
        _ = Subprocess.wait(for: child)
        unlink(log)
    }

    /// What it has taken, a JSON object a line. Between them stands what Python and its libraries complain of.
    var lines: [String] {
        Subprocess.read(log).split(separator: "\n").map(String.init).filter { $0.hasPrefix("{") }
    }
}
