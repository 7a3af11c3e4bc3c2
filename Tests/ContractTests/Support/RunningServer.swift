@preconcurrency import Glibc
import Synchronization

/// A `pg-server serve` of this test run, on a free port, over a fresh database.
final class RunningServer: Sendable {
    let port: UInt16
    /// The administrator's URL of the server's database.
    let databaseURL: String
    let log: String
    private let child: pid_t
    private let pidFile: String
    private let status = Mutex<Int32?>(nil)

    /// How long a start may take until the first answer.
    private static let startTimeout = Duration.seconds(60)
    private static let pollInterval: useconds_t = 20_000

    /// The one server that all suites share. It is started by the first that asks, and ends with the run.
    static func shared() throws -> RunningServer { try sharedResult.get() }

    private static let sharedResult = Result {
        let url = try TestCluster.createDeployedDatabase("contract_\(getpid())")
        let server = try RunningServer(databaseURL: url)
        atexit { _ = try? RunningServer.shared().stop() }
        return server
    }

    /// Makes a signing key, starts the server and waits until it answers.
    ///
    /// - Parameters:
    ///   - environment: Variables beside those for the database and the address.
    ///   - output: Where standard output goes, if it is not the log.
    init(databaseURL: String, environment: [String: String] = [:], output: String? = nil) throws {
        let state = try TestCluster.stateDirectory()
        let number = Subprocess.nextNumber()
        port = try Self.freePort()
        self.databaseURL = databaseURL
        log = "\(state)/server-\(number).log"
        pidFile = "\(state)/server-\(number).pid"

        var variables = [
            "PGSERVER_DATABASE_URL": databaseURL, "PGSERVER_LOGIN_PASSWORD": TestCluster.serverPassword,
            "PGSERVER_PORT": String(port), "PGSERVER_REACTORS": "2", "PGSERVER_SHUTDOWN_GRACE": "5s",
            "PGSERVER_WORKERS": "0",
        ]
        variables.merge(environment) { $1 }
        let keys = try Subprocess.run(Subprocess.server, ["rotate-keys", "--if-missing"], environment: variables)
        guard keys.status == 0 else { throw TestFailure("rotate-keys failed:\n\(keys.text)") }

        child = try Subprocess.start(Subprocess.server, ["serve"], environment: variables, log: log, output: output)
        if let file = fopen(pidFile, "w") {
            fputs(String(child), file)
            fclose(file)
        }
        try waitUntilReady()
    }

    /// Its process.
    var processID: pid_t { child }

    func signal(_ number: Int32) { kill(child, number) }

    /// Asks the server to stop, and does not wait.
    func beginStopping() { kill(child, SIGTERM) }

    /// Asks the server to stop and waits for its end.
    ///
    /// - Returns: its exit status.
    @discardableResult
    func stop() -> Int32 {
        status.withLock { status in
            if let status { return status }
            kill(child, SIGTERM)
            let ended = Subprocess.wait(for: child)
            unlink(pidFile)
            status = ended
            return ended
        }
    }

    /// Ends the server as a crash would: it answers nobody and takes leave of nothing.
    func crash() {
        status.withLock { status in
            guard status == nil else { return }
            kill(child, SIGKILL)
            status = Subprocess.wait(for: child)
            unlink(pidFile)
        }
    }

    private func waitUntilReady() throws {
        let deadline = ContinuousClock.now + Self.startTimeout
        while ContinuousClock.now < deadline {
            if let ended = Subprocess.statusIfEnded(child) {
                status.withLock { $0 = ended }
                unlink(pidFile)
                throw TestFailure("the server ended with status \(ended):\n\(Subprocess.read(log))")
            }
            if let response = try? HTTPClient(port: port).get("/openapi.json"), response.status < 500 { return }
            usleep(Self.pollInterval)
        }
        stop()
        throw TestFailure("the server did not answer within \(Self.startTimeout):\n\(Subprocess.read(log))")
    }

    /// A port that nobody listens on right now.
    static func freePort() throws -> UInt16 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw TestFailure("socket: \(String(cString: strerror(errno)))") }
        defer { close(listener) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard bound else { throw TestFailure("bind: \(String(cString: strerror(errno)))") }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// 127.0.0.1 and a port, as sockets take it.
func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}
