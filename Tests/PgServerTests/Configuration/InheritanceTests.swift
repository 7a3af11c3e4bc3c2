import Testing

@testable import PgServer

@Suite("Sockets that are handed over")
struct InheritanceTests {
    private func inheritance(_ variables: [String: String]) -> Inheritance? {
        Inheritance(Environment(variables), process: 20, parent: 10)
    }

    @Test("by a service manager are this process's alone (sd_listen_fds)")
    func activation() throws {
        let found = try #require(inheritance(["LISTEN_PID": "20", "LISTEN_FDS": "2"]))
        #expect(found.listeners == [3, 4])
        #expect(found.channel == nil)
        #expect(inheritance(["LISTEN_PID": "10", "LISTEN_FDS": "2"]) == nil)
        #expect(inheritance(["LISTEN_FDS": "2"]) == nil)
    }

    @Test("by a predecessor come with a way to answer it, and are its child's alone")
    func predecessor() throws {
        let found = try #require(inheritance(["PGSERVER_HANDOVER": "10:2", "LISTEN_PID": "20", "LISTEN_FDS": "1"]))
        #expect(found.listeners == [3, 4])
        #expect(found.channel == 5)
        #expect(inheritance(["PGSERVER_HANDOVER": "11:2"]) == nil)
    }

    @Test("are none if their number is none", arguments: ["", "0", "-1", "257", "x", "1:1"])
    func badCounts(_ count: String) {
        #expect(inheritance(["LISTEN_PID": "20", "LISTEN_FDS": count]) == nil)
        #expect(inheritance(["PGSERVER_HANDOVER": "10:\(count)"]) == nil)
    }

    @Test("go to a successor under its own name, and nothing of the service manager's with them")
    func successor() {
        let environment = Environment([
            "PATH": "/bin", "LISTEN_PID": "20", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "http",
            "PGSERVER_HANDOVER": "10:9",
            "NOTIFY_SOCKET": "/run/notify",
        ])
        let variables = Inheritance.variables(forSuccessor: environment, listenerCount: 3, process: 20)
        #expect(variables == ["PATH": "/bin", "NOTIFY_SOCKET": "/run/notify", "PGSERVER_HANDOVER": "20:3"])
    }
}
