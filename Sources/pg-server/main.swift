import Glibc
import PgServer

let program = Program { Server(configuration: $0).run() }
exit(program.run(CommandLine.arguments, environment: .ofProcess()))
