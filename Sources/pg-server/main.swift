@preconcurrency import Glibc
import PgServer

let program = Program(
    serve: { _ in
        fputs("pg-server serve: this build has no server\n", stderr)
        return 1
    },
    makeKey: { algorithm throws(CommandError) in
        throw CommandError(message: "this build cannot make a key for \(algorithm)", exitStatus: 1)
    })
exit(program.run(CommandLine.arguments, environment: .ofProcess()))
