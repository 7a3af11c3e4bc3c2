import Glibc
import PgServer

let program = Program(serve: { Server(configuration: $0).run() }, work: { Server(configuration: $0).work() })
exit(program.run(CommandLine.arguments, environment: .ofProcess()))
