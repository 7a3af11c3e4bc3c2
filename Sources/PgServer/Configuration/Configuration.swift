/// Everything the environment decides, checked once at the start.
///
/// The first value of each property is its default; ``options`` says which variable sets it and what it may be.
package struct Configuration: Sendable {
    package enum Surroundings: String, CaseIterable, Sendable { case development, production }

    package enum SigningAlgorithm: String, CaseIterable, Sendable { case ES256, RS256, RS512, HS256 }

    /// Limits on what one client may send, and how slowly.
    package struct HTTPLimits: Sendable {
        package var requestLineByteCountMax = 8 * 1024
        package var headerCountMax = 100
        package var headerByteCountMax = 32 * 1024
        package var bodyByteCountMax = 1024 * 1024
        package var firstByteTimeout = Duration.seconds(10)
        package var headTimeout = Duration.seconds(10)
        package var bodyTimeout = Duration.seconds(30)
        package var idleTimeout = Duration.seconds(75)
        package var connectionCountMax = 10_000
        package var pipelinedRequestCountMax = 16
    }

    /// Which pages of other origins may call, and how.
    package struct CrossOrigin: Sendable {
        package var origins: [String] = []
        package var methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        package var headers = ["Authorization", "Content-Type", "X-API-Key", "Idempotency-Key", "Last-Event-ID"]
        package var allowsCredentials = false
        package var maxAge = Duration.seconds(600)
    }

    package var surroundings = Surroundings.development

    package var databaseURL: String?
    package var loginPassword: String?
    package var serveURL: String?
    package var sqlDirectory: String?

    package var host = "127.0.0.1"
    package var port = 8080
    package var reactorCount = 1
    package var shutdownGrace = Duration.seconds(20)

    package var fastConnectionCount = 4
    package var slowConnectionCount = 2
    package var pipelineDepthMax = 16
    package var queueCountMax = 1024
    package var queueTimeout = Duration.seconds(2)
    package var statementTimeout = Duration.seconds(5)

    package var http = HTTPLimits()
    package var crossOrigin = CrossOrigin()
    package var trustedProxies: [String] = []

    package var isLogging = true
    package var logSampleFraction = 1.0

    package var signingAlgorithm = SigningAlgorithm.ES256
    package var tokenIssuer = "pg-server"
    package var tokenAudience: String?

    private var environment = Environment([:])

    /// The defaults alone.
    init() {}

    /// Reads and checks every variable of ``options``.
    ///
    /// - Throws: a sentence for each value that is not what its option expects.
    package init(environment: Environment) throws(ConfigurationError) {
        self.environment = environment
        reactorCount = availableProcessorCount()
        var faults: [String] = []
        for option in Self.options {
            if let text = environment[option.name], let fault = option.apply(text, to: &self) { faults.append(fault) }
        }
        guard faults.isEmpty else { throw ConfigurationError(sentences: faults) }
    }

    /// A sentence for each variable that looks like ours but is nobody's, with the name that was probably meant.
    ///
    /// - Parameter settings: The variables that the catalog's settings name; they may look like ours too.
    package func unknownVariables(besides settings: some Sequence<String>) -> [String] {
        let known = Set(Self.options.map(\.name)).union(settings)
        return environment.variables.keys.sorted()
            .filter { $0.hasPrefix(Self.prefix) && !known.contains($0) }
            .map { name in
                let nearest = nearestName(to: name, among: known.sorted())
                return "\(name): there is no such option"
                    + (nearest.map { "; did you mean \($0)?" } ?? "; pg-server --help lists them.")
            }
    }

    /// A variable by its exact name, whether or not it is one of ours: the catalog's settings name theirs in rows.
    package func environment(named name: String) -> String? { environment[name] }

    /// How the commands of the administrator connect, as libpq's keywords.
    package func administratorKeywords() throws(ConfigurationError) -> [(String, String)] {
        guard let databaseURL else {
            throw ConfigurationError(sentences: [
                "PGSERVER_DATABASE_URL: not set; expected the administrator's connection, "
                    + "such as postgresql://postgres:secret@127.0.0.1:5432/pgserver."
            ])
        }
        return [("dbname", databaseURL)]
    }

    /// How the server itself connects: the same database, but as its own login role.
    package func serverKeywords() throws(ConfigurationError) -> [(String, String)] {
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
    package static let serverRole = "pgserver"

    /// What the names of our variables begin with.
    static let prefix = "PGSERVER_"
}
