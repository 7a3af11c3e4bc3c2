import Glibc
import Testing

@testable import PgServer

@Suite("A port that is handed over", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct HandoverTests {
    private let echo = "GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\r\n"

    /// The process that serves after the last handover, by the log.
    private func successor(of server: RunningServer) -> pid_t? {
        let found = Subprocess.read(server.log).matches(of: /process (\d+) serves now/).last
        return found.flatMap { pid_t($0.output.1) }
    }

    /// Hands over once, and waits until the new process serves.
    private func handOver(_ server: RunningServer) throws -> pid_t {
        server.signal(SIGUSR2)
        var process: pid_t?
        try eventually("another process serves") {
            process = successor(of: server)
            return process != nil
        }
        return try #require(process)
    }

    private func end(_ process: pid_t) throws {
        kill(process, SIGTERM)
        try eventually("the last process has ended") { kill(process, 0) != 0 }
    }

    @Test("serves all of a load without a refused, reset or failed request")
    func load() throws {
        let server = try Probe.start(["PGSERVER_REACTORS": "2"])
        let output = try Subprocess.run(
            "python3",
            [
                "\(Project.root)/Tests/prove/handover.py", "--pid", "\(server.processID)", "--port", "\(server.port)",
                "--log", server.log, "--handovers", "3", "--rate", "100",
            ])
        #expect(output.status == 0, "\(output.text)")
        #expect(output.text.contains("\n0 refused, reset or failed\n"))
        #expect(server.stop() == 0)
        try end(try #require(successor(of: server)))
    }

    @Test("leaves who is connected to the old process, whose next answer says that it is the last")
    func connected() throws {
        let server = try Probe.start()
        let gate = try Gate()
        let waiting = try RawConnection(port: server.port)
        try waiting.send("GET /probe/wait?key=\(gate.key)&name=slow HTTP/1.1\r\nHost: h\r\n\r\n")
        try eventually("the request runs") { try gate.waiterCount() == 1 }
        let idle = try RawConnection(port: server.port)
        try idle.send(echo)
        #expect(try idle.response().header("Connection") == nil)
        let fresh = try RawConnection(port: server.port)
        let begun = try RawConnection(port: server.port)
        try begun.send(String(echo.prefix(20)))

        let process = try handOver(server)
        // The new one answers, on a connection that it keeps.
        let new = try RawConnection(port: server.port)
        try new.send(echo)
        #expect(try new.response().header("Connection") == nil)
        // And the old one has not closed on anybody.
        try begun.send(String(echo.dropFirst(20)))
        for connection in [idle, fresh] { try connection.send(echo) }
        try gate.open()
        for connection in [idle, fresh, begun, waiting] {
            let response = try connection.response()
            #expect(response.status == 200)
            #expect(response.header("Connection") == "close")
            #expect(try connection.bytesUntilClosed().isEmpty)
        }
        #expect(server.stop() == 0)
        try new.send(echo)
        #expect(try new.response().status == 200)
        try end(process)
    }

    @Test("stays where it is if the new process cannot start, and goes when it can")
    func failedStart() throws {
        let url = try TestCluster.createDeployedDatabase("handover_\(getpid())")
        try Probe.install(in: url)
        let server = try Probe.start(over: url)
        let kept = try RawConnection(port: server.port)
        func allow(_ count: Int) throws {
            let administrator = try Probe.connect()
            let name = String(url[url.index(after: try #require(url.lastIndex(of: "/")))...])
            try administrator.run("ALTER DATABASE \(administrator.quoted(identifier: name)) CONNECTION LIMIT \(count)")
        }
        try allow(0)
        server.signal(SIGUSR2)
        try eventually("the old one says that it goes on") {
            Subprocess.read(server.log).contains("ended before it served (exit status 1); this one goes on")
        }
        for connection in [kept, try RawConnection(port: server.port)] {
            try connection.send(echo)
            let response = try connection.response()
            #expect(response.status == 200)
            #expect(response.header("Connection") == nil)
        }
        try allow(-1)
        let process = try handOver(server)
        try kept.send(echo)
        #expect(try kept.response().header("Connection") == "close")
        #expect(server.stop() == 0)
        try end(process)
    }

    @Test("is taken from the service manager (sd_listen_fds), which is told who serves (sd_notify)")
    func serviceManager() throws {
        let state = try TestCluster.stateDirectory()
        let (told, port) = ("\(state)/told-\(Probe.unique())", try RunningServer.freePort())
        let variables = [
            "PGSERVER_DATABASE_URL": try Probe.server().databaseURL, "PGSERVER_WORKERS": "0",
            "PGSERVER_LOGIN_PASSWORD": TestCluster.serverPassword, "PGSERVER_REACTORS": "2",
        ]
        let log = "\(state)/activated-\(Probe.unique()).log"
        let manager = try Subprocess.start(
            "python3",
            ["\(Project.root)/Tests/ContractTests/Fixtures/service_manager.py", told, "\(port)", Subprocess.server],
            environment: variables, log: log)
        defer {
            kill(manager, SIGTERM)
            _ = Subprocess.wait(for: manager)
        }
        func lines() -> [Substring] { Subprocess.read(told).split(separator: "\n") }
        // Connected before there is a server: the connection waits in the socket.
        try eventually("the socket is open") { (try? RawConnection(port: port)) != nil }
        let early = try RawConnection(port: port)
        try early.send(echo)
        #expect(try early.response().status == 200)
        #expect(lines() == ["READY=1"])
        let first = try #require(Subprocess.read(log).firstMatch(of: /started (\d+)/).flatMap { pid_t($0.output.1) })
        kill(first, SIGUSR2)
        try eventually("the manager knows the new process") { lines().count == 4 }
        let second = try #require(lines()[2].firstMatch(of: /MAINPID=(\d+)/).flatMap { pid_t($0.output.1) })
        #expect(second != first)
        #expect(lines()[1...3] == ["RELOADING=1", "MAINPID=\(second)", "READY=1"])
        try early.send(echo)
        #expect(try early.response().header("Connection") == "close")
        kill(second, SIGTERM)
        try eventually("the manager knows that it stops") { lines().last == "STOPPING=1" }
    }
}
