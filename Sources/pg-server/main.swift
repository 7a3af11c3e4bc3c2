import Glibc
import PgServer

let program = Program(serve: { Server(configuration: $0).run() }, work: { Server(configuration: $0).work() })
let status = program.run(CommandLine.arguments, environment: .ofProcess())
fflush(nil)
// Not `exit`, whose handlers would take OpenSSL's memory from threads that are still at work with it.
_exit(status)
