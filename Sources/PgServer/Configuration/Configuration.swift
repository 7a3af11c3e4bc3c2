/// Everything the environment decides, checked once at the start.
///
/// The first value of each property is its default; ``options`` says which variable sets it and what it may be.
package struct Configuration: Sendable {
    enum Surroundings: String, CaseIterable, Sendable { case development, production }

    /// Which pages of other origins may call, and how.
    struct CrossOrigin: Sendable {
        var origins: [String] = []
        var methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        var headers = ["Authorization", "Content-Type", "X-API-Key", "Idempotency-Key", "Last-Event-ID"]
        var allowsCredentials = false
        var maxAge = Duration.seconds(600)
    }

    var surroundings = Surroundings.development

    var databaseURL: String?
    var loginPassword: String?
    var serveURL: String?
    var sqlDirectory: String?

    var host = "127.0.0.1"
    var port = 8080
    var reactorCount = 1
    var shutdownGrace = Duration.seconds(20)

    var fastConnectionCount = 8
    var slowConnectionCount = 2
    var pipelineDepthMax = 16
    var queueCountMax = 1024
    var queueTimeout = Duration.seconds(2)
    var statementTimeout = Duration.seconds(5)

    var workers = [QueueWorkers(queue: QueueWorkers.defaultQueue, count: 4)]
    var jobLease = Duration.seconds(30)

    var certificateFile: String?
    var certificateKeyFile: String?
    var strictTransportAge = Duration.zero

    var http = HTTPLimits()
    var clientCountMax = 10_000
    var heldByteCountMax = 256 << 20
    var streams = StreamSettings()
    var crossOrigin = CrossOrigin()
    var trustedProxies: [String] = []

    var egressNetworks: [String] = []
    var egressAuthoritiesFile: String?
    var mailServer: MailServer?

    var isLogging = true
    var logSampleFraction = 1.0

    var signingAlgorithm = SignatureAlgorithm.es256
    var tokenIssuer = "pgserver"
    var requiresTokenIssuer = true
    var tokenAudience: String?

    /// Listening sockets that are there already.
    private(set) var inheritance: Inheritance?
    /// What the operator should know of the values, though they can be used.
    package private(set) var warnings: [String] = []

    private var environment = Environment([:])

    /// The defaults alone.
    init() {}

    /// Reads and checks every variable of ``options``.
    ///
    /// - Throws: a sentence for each value that is not what its option expects.
    package init(environment: Environment) throws(ConfigurationError) {
        self.environment = environment
        inheritance = Inheritance(environment)
        reactorCount = availableProcessorCount()
        var faults: [String] = []
        for option in Self.options {
            if let text = environment[option.name], let fault = option.apply(text, to: &self) { faults.append(fault) }
            if let path = option.fileName.flatMap({ environment[$0] }) {
                if let fault = apply(option, fromFile: path) { faults.append(fault) }
            }
        }
        if (certificateFile == nil) != (certificateKeyFile == nil) {
            let missing = certificateFile == nil ? "PGSERVER_TLS_CERTIFICATE_FILE" : "PGSERVER_TLS_KEY_FILE"
            faults.append("\(missing): not set; certificate and key are needed together.")
        }
        guard faults.isEmpty else { throw ConfigurationError(sentences: faults) }
    }

    /// Takes a secret from its file.
    ///
    /// - Returns: the sentence to show when that is not possible.
    private mutating func apply(_ option: Option, fromFile path: String) -> String? {
        guard let name = option.fileName else { return nil }
        guard environment[option.name] == nil else {
            return "\(name): not possible beside \(option.name); set one of them."
        }
        do throws(SecretFile.Fault) {
            let file = try SecretFile(path: path)
            if file.isReadableByAll {
                warnings.append("\(name): every user of this machine may read \(path); chmod o-r it.")
            }
            return option.apply(file.text, to: &self)
        } catch { return "\(name): '\(path)' cannot be used: \(error.text)." }
    }

    /// A sentence for each variable that looks like ours but is nobody's, with the name that was probably meant.
    ///
    /// - Parameter settings: The variables that the catalog's settings name; they may look like ours too.
    func unknownVariables(besides settings: some Sequence<String>) -> [String] {
        let known = Set(Self.options.flatMap { [$0.name] + ($0.fileName.map { [$0] } ?? []) })
            .union(settings).union([Inheritance.predecessorVariable])
        return environment.variables.keys.sorted()
            .filter { $0.hasPrefix(Self.prefix) && !known.contains($0) }
            .map { name in
                let nearest = nearestName(to: name, among: known.sorted())
                return "\(name): there is no such option"
                    + (nearest.map { "; did you mean \($0)?" } ?? "; pg-server --help lists them.")
            }
    }

    /// A variable by its exact name, whether or not it is one of ours: the catalog's settings name theirs in rows.
    func environment(named name: String) -> String? { environment[name] }

    /// The environment of a process that is to take this one's place.
    func variables(forSuccessorWith listenerCount: Int) -> [String: String] {
        Inheritance.variables(forSuccessor: environment, listenerCount: listenerCount)
    }

    /// How the commands of the administrator connect, as libpq's keywords.
    func administratorKeywords() throws(ConfigurationError) -> [(String, String)] {
        guard let databaseURL else {
            throw ConfigurationError(sentences: [
                "PGSERVER_DATABASE_URL: not set; expected the administrator's connection, "
                    + "such as postgresql://postgres:secret@127.0.0.1:5432/pgserver."
            ])
        }
        return [("dbname", databaseURL)]
    }

    /// How the server itself connects, as libpq's keywords: the same database, but as its own login role.
    func serverKeywords() throws(ConfigurationError) -> [(String, String)] {
        if let serveURL { return [("dbname", serveURL)] }
        guard let databaseURL else {
            throw ConfigurationError(sentences: [
                "PGSERVER_SERVE_URL: not set, and neither is PGSERVER_DATABASE_URL; expected one of them, "
                    + "such as postgresql://pgserver:secret@127.0.0.1:5432/pgserver."
            ])
        }
        return loginKeywords(databaseURL)
    }

    /// The same database as a URL's, but as the server's role: a keyword after `dbname` overrides what the URL says.
    func loginKeywords(_ databaseURL: String) -> [(String, String)] {
        var keywords = [("dbname", databaseURL), ("user", Self.serverRole)]
        if let loginPassword { keywords.append(("password", loginPassword)) }
        return keywords
    }

    /// The login role of the server; it owns nothing.
    static let serverRole = "pgserver"

    /// What the names of our variables begin with.
    static let prefix = "PGSERVER_"
}
