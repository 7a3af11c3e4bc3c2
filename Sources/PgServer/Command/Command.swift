/// The commands of the program; their help is printed from here.
enum Command: String, CaseIterable {
    case serve
    case work
    case migrate
    case routes
    case openapi
    case biLogin = "bi-login"
    case rotateKeys = "rotate-keys"

    struct Option: Equatable {
        var name: String
        /// What stands for the value in the help; `nil` for an option without one.
        var valueName: String?
        var summary: String
    }

    var summary: String {
        switch self {
        case .serve: "Serves HTTP, and runs jobs beside it, until SIGTERM or SIGINT."
        case .work: "Runs jobs and serves nothing, until SIGTERM or SIGINT."
        case .migrate: "Brings the database to the state of the sql folder, in one transaction."
        case .routes: "Prints the routing table."
        case .openapi: "Prints the OpenAPI document."
        case .biLogin: "Manages PostgreSQL logins for BI tools, each of which sees one tenant."
        case .rotateKeys: "Makes a new signing key; tokens of the previous one stay valid until they expire."
        }
    }

    /// What stands after the command's name.
    var usage: String {
        switch self {
        case .biLogin: "create --tenant ID|NAME --label TEXT | list | drop LOGIN"
        default: options.isEmpty ? "" : "[options]"
        }
    }

    var options: [Option] {
        switch self {
        case .serve, .work, .routes, .openapi: []
        case .migrate:
            [
                Option(name: "--sql", valueName: "DIR", summary: "The sql folder; otherwise PGSERVER_SQL_DIR decides."),
                Option(name: "--check", summary: "Only say how database and folder differ; exit status 1 if they do."),
            ]
        case .biLogin:
            [
                Option(name: "--tenant", valueName: "ID|NAME", summary: "The tenant whose rows the login may see."),
                Option(name: "--label", valueName: "TEXT", summary: "Who or what uses the login."),
            ]
        case .rotateKeys:
            [Option(name: "--if-missing", summary: "Do nothing if there is an active key.")]
        }
    }
}
