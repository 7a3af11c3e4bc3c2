@preconcurrency import Glibc

/// The program behind `main.swift`: finds the command, runs it, and turns a failure into words and an exit status.
package struct Program {
    /// Runs until told to stop; gives the exit status.
    package typealias Serve = (Configuration) -> Int32

    private let serve: Serve
    private let work: Serve
    private let say: (String) -> Void
    private let complain: (String) -> Void

    /// - Parameters:
    ///   - serve: Serves until told to stop; gives the exit status.
    ///   - work: Runs jobs until told to stop, likewise.
    ///   - say: Takes what belongs on standard output.
    ///   - complain: Takes what belongs on standard error.
    package init(
        serve: @escaping Serve, work: @escaping Serve, say: @escaping (String) -> Void = { print($0) },
        complain: @escaping (String) -> Void = { fputs($0 + "\n", stderr) }
    ) {
        self.serve = serve
        self.work = work
        self.say = say
        self.complain = complain
    }

    /// - Parameter arguments: As the process got them, the program's own name first.
    /// - Returns: the status to exit with.
    package func run(_ arguments: [String], environment: Environment) -> Int32 {
        setvbuf(stdout, nil, Int32(_IOLBF), 0)  // progress shows at once, even through a pipe
        do throws(CommandError) {
            return try perform(arguments.dropFirst(), environment: environment)
        } catch {
            complain(error.message)
            return error.exitStatus
        }
    }

    private func perform(_ words: ArraySlice<String>, environment: Environment) throws(CommandError) -> Int32 {
        guard let name = words.first else { throw .usage(Help.program) }
        if name == "--help" || name == "help" {
            say(Help.program)
            return 0
        }
        if name == "--version" {
            say("pg-server \(version)")
            return 0
        }
        guard let command = Command(rawValue: name) else {
            let nearest = nearestName(to: name, among: Command.allCases.map(\.rawValue))
            throw .usage(
                "pg-server: there is no command \(name)"
                    + (nearest.map { "; did you mean \($0)?" } ?? "; --help lists them."))
        }
        let rest = words.dropFirst()
        if rest.contains("--help") {
            say(Help.command(command))
            return 0
        }
        let options = try CommandLineOptions(rest, for: command)
        guard options.operands.isEmpty || command == .biLogin else {
            throw .usage("pg-server \(name): '\(options.operands[0])' is not understood; --help says what is.")
        }
        return try perform(command, options, environment: environment)
    }

    private func perform(
        _ command: Command, _ options: CommandLineOptions, environment: Environment
    ) throws(CommandError) -> Int32 {
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration(environment: environment)
        } catch { throw .configuration(error) }
        for warning in configuration.warnings { complain("pg-server: \(warning)") }

        switch command {
        case .serve: return serve(configuration)
        case .work: return work(configuration)
        case .migrate: return try MigrateCommand(configuration: configuration, options: options).run()
        case .routes: return try RoutesCommand(database: Database(configuration)).run()
        case .openapi: return try OpenAPICommand(database: Database(configuration)).run()
        case .biLogin: return try BILoginCommand(database: Database(configuration), options: options).run()
        case .rotateKeys:
            return try RotateKeysCommand(
                database: Database(configuration), algorithm: configuration.signingAlgorithm,
                onlyIfMissing: options.has("--if-missing")
            ).run()
        }
    }
}
