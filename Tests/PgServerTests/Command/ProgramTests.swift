import Testing

@testable import PgServer

@Suite("The command line")
struct ProgramTests {
    private func run(_ words: String..., environment: [String: String] = [:]) -> Int32 {
        let program = Program(
            serve: { $0.port == 8080 ? 42 : 43 }, work: { _ in 44 }, say: { _ in }, complain: { _ in })
        return program.run(["pg-server"] + words, environment: Environment(environment))
    }

    @Test("hands the checked configuration to serve, whose status it exits with")
    func serve() {
        #expect(run("serve") == 42)
        #expect(run("serve", environment: ["PGSERVER_PORT": "9000"]) == 43)
    }

    @Test("hands it to work, which is no server")
    func work() {
        #expect(run("work") == 44)
        #expect(run("work", environment: ["PGSERVER_WORKERS": "x"]) == 78)
    }

    @Test("answers what asks for help or the version", arguments: ["--help", "--version"])
    func help(_ word: String) {
        #expect(run(word) == 0)
    }

    @Test("has help for every command", arguments: Command.allCases.map(\.rawValue))
    func commandHelp(_ command: String) {
        #expect(run(command, "--help") == 0)
        #expect(Help.program.contains("  \(command) "))
    }

    @Test("exits with 64 when it is not understood")
    func usage() {
        #expect(run() == 64)
        #expect(run("migrat") == 64)
        #expect(run("migrate", "--chekc") == 64)
        #expect(run("migrate", "now") == 64)
        #expect(run("migrate", "--sql") == 64)
    }

    @Test("exits with 78 when the environment is not understood")
    func configuration() {
        #expect(run("serve", environment: ["PGSERVER_PORT": "x"]) == 78)
    }

    @Test("takes the value of an option with or without an equals sign")
    func values() throws {
        #expect(try CommandLineOptions(["--sql", "a=b"], for: .migrate).values == ["--sql": "a=b"])
        #expect(
            try CommandLineOptions(["--sql=a=b", "--check"], for: .migrate).values == ["--sql": "a=b", "--check": ""])
        #expect(throws: CommandError.self) { try CommandLineOptions(["--check=no"], for: .migrate) }
    }

    @Test("says what was probably meant")
    func suggestion() {
        let error = #expect(throws: CommandError.self) { try CommandLineOptions(["--lable", "x"], for: .biLogin) }
        #expect(error?.message == "pg-server bi-login: there is no option --lable; did you mean --label?")
    }
}
