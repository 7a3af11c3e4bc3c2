import Glibc
import Testing

@testable import PgServer

@Suite("The configuration")
struct ConfigurationTests {
    private func configuration(_ variables: [String: String]) throws(ConfigurationError) -> Configuration {
        try Configuration(environment: Environment(variables))
    }

    @Test("has a default for everything, and listens on the loopback address alone")
    func defaults() throws {
        let configuration = try configuration([:])
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8080)
        #expect(configuration.reactorCount >= 1)
        #expect(configuration.crossOrigin.origins.isEmpty)
        #expect(configuration.trustedProxies.isEmpty)
    }

    @Test("takes every value from its variable")
    func values() throws {
        let configuration = try configuration([
            "PGSERVER_PORT": "9000", "PGSERVER_HTTP_BODY_MAX": "2MB", "PGSERVER_QUEUE_TIMEOUT": "750ms",
            "PGSERVER_LOG": "off", "PGSERVER_LOG_SAMPLE": "0.25", "PGSERVER_JWT_ALGORITHM": "RS512",
            "PGSERVER_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "PGSERVER_HTTP_FIRST_BYTE_TIMEOUT": "2min",
        ])
        #expect(configuration.port == 9000)
        #expect(configuration.http.bodyByteCountMax == 2 * 1024 * 1024)
        #expect(configuration.queueTimeout == .milliseconds(750))
        #expect(!configuration.isLogging)
        #expect(configuration.logSampleFraction == 0.25)
        #expect(configuration.signingAlgorithm == .rs512)
        #expect(configuration.trustedProxies == ["10.0.0.0/8", "::1"])
        #expect(configuration.http.timeToFirstByte == .seconds(120))
    }

    @Test(
        "reads how many workers each queue has",
        arguments: [
            ("4", ["default": 4]), ("0", [:]),
            ("default:4,effects:16, slow:2", ["default": 4, "effects": 16, "slow": 2]),
            ("effects:0,slow:1", ["slow": 1]), ("3,slow:1", ["default": 3, "slow": 1]), ("256", ["default": 256]),
        ])
    func workers(_ text: String, _ expected: [String: Int]) throws {
        let workers = try configuration(["PGSERVER_WORKERS": text]).workers
        #expect(Dictionary(uniqueKeysWithValues: workers.map { ($0.queue, $0.count) }) == expected)
    }

    static let refused = [
        ("PGSERVER_WORKERS", "x"), ("PGSERVER_WORKERS", ""), ("PGSERVER_WORKERS", "257"),
        ("PGSERVER_WORKERS", "a:200,b:57"), ("PGSERVER_WORKERS", "slow:2,slow:3"), ("PGSERVER_WORKERS", "4,default:4"),
        ("PGSERVER_WORKERS", "Slow:2"), ("PGSERVER_WORKERS", ":2"), ("PGSERVER_WORKERS", "slow:"),
        ("PGSERVER_WORKERS", "slow:2:3"), ("PGSERVER_WORKERS", "slow:-1"), ("PGSERVER_WORKERS", "a b:1"),
        ("PGSERVER_JOB_LEASE", "500ms"),
        ("PGSERVER_PORT", "0"), ("PGSERVER_PORT", "65536"), ("PGSERVER_PORT", "+80"), ("PGSERVER_PORT", ""),
        ("PGSERVER_HOST", "localhost"), ("PGSERVER_HOST", "127.0.0.1:80"),
        ("PGSERVER_QUEUE_TIMEOUT", "5"), ("PGSERVER_QUEUE_TIMEOUT", "5 s"), ("PGSERVER_QUEUE_TIMEOUT", "-5s"),
        ("PGSERVER_QUEUE_TIMEOUT", "9223372036854775807h"), ("PGSERVER_QUEUE_TIMEOUT", "61s"),
        ("PGSERVER_HTTP_BODY_MAX", "1mb"), ("PGSERVER_HTTP_BODY_MAX", "2GB"), ("PGSERVER_HTTP_BODY_MAX", "MB"),
        ("PGSERVER_HTTP_BODY_MAX", "9223372036854775807GB"),
        ("PGSERVER_LOG_SAMPLE", "1.01"), ("PGSERVER_LOG_SAMPLE", "-0"), ("PGSERVER_LOG_SAMPLE", "nan"),
        ("PGSERVER_LOG_SAMPLE", "1e-3"), ("PGSERVER_LOG", "maybe"),
        ("PGSERVER_JWT_ALGORITHM", "none"), ("PGSERVER_ENV", "staging"),
        ("PGSERVER_TRUSTED_PROXIES", "10.0.0.0/33"), ("PGSERVER_TRUSTED_PROXIES", "::/129"),
        ("PGSERVER_TRUSTED_PROXIES", "10.0.0.1,,10.0.0.2"), ("PGSERVER_TRUSTED_PROXIES", "10.0.0.0/+8"),
        ("PGSERVER_CORS_ORIGINS", "app.example.com"), ("PGSERVER_CORS_ORIGINS", "https://app.example.com/"),
        ("PGSERVER_CORS_ORIGINS", "https://App.example.com"), ("PGSERVER_CORS_METHODS", "GET POST"),
    ]

    @Test("refuses a value that is not what the variable expects, and names both", arguments: refused)
    func refusal(_ name: String, _ value: String) throws {
        let option = try #require(Configuration.options.first { $0.name == name })
        let error = #expect(throws: ConfigurationError.self) { try configuration([name: value]) }
        #expect(error?.sentences == ["\(name): '\(value)' is not valid; expected \(option.expectation)."])
    }

    @Test(
        "accepts the bounds themselves",
        arguments: [
            ("PGSERVER_PORT", "1"), ("PGSERVER_PORT", "65535"), ("PGSERVER_HTTP_BODY_MAX", "1GB"),
            ("PGSERVER_HTTP_BODY_MAX", "0"), ("PGSERVER_QUEUE_TIMEOUT", "60s"), ("PGSERVER_QUEUE_TIMEOUT", "1min"),
            ("PGSERVER_LOG_SAMPLE", "0"), ("PGSERVER_LOG_SAMPLE", "1.0"), ("PGSERVER_CORS_ORIGINS", "*"),
            ("PGSERVER_CORS_ORIGINS", ""), ("PGSERVER_HOST", "::1"),
        ])
    func bounds(_ name: String, _ value: String) throws {
        _ = try configuration([name: value])
    }

    @Test("wants certificate and key together", arguments: ["PGSERVER_TLS_CERTIFICATE_FILE", "PGSERVER_TLS_KEY_FILE"])
    func halfOfTLS(_ name: String) {
        let error = #expect(throws: ConfigurationError.self) { try configuration([name: "file.pem"]) }
        #expect(error?.sentences.count == 1)
        #expect(error?.sentences.first?.hasSuffix(": not set; certificate and key are needed together.") == true)
        #expect(error?.sentences.first?.hasPrefix(name) == false)
    }

    @Test("tells every fault at once")
    func allFaults() {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(["PGSERVER_PORT": "x", "PGSERVER_LOG": "x"])
        }
        #expect(error?.sentences.count == 2)
    }

    @Test("never shows a secret", arguments: Configuration.options.filter(\.isSecret).map(\.name))
    func secrets(_ name: String) {
        let secret = name.hasSuffix("PASSWORD") ? String(repeating: "hush", count: 100) : "hush"
        let error = #expect(throws: ConfigurationError.self) { try configuration([name: secret]) }
        #expect(error?.sentences.first?.contains("hush") == false)
        #expect(error?.sentences.first?.hasPrefix("\(name): its value is not valid") == true)
    }

    // MARK: Secrets in files

    /// A file that is gone when it is no longer needed.
    private final class SecretOnDisk {
        let path: String

        init(_ content: String, mode: mode_t = 0o600) throws {
            let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
            var template = Array("\(folder)/pg-server-secret.XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            guard descriptor >= 0 else { throw SystemError(call: "mkstemp", number: errno) }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let written = write(descriptor, content, content.utf8.count)
            #expect(written == content.utf8.count)
            fchmod(descriptor, mode)
            close(descriptor)
        }

        deinit { unlink(path) }
    }

    @Test("takes each secret from a file as well, without the line break behind it", arguments: ["\n", "\r\n", ""])
    func secretFiles(_ ending: String) throws {
        let password = try SecretOnDisk("hush \(ending)")
        let url = try SecretOnDisk("postgresql://pgserver@127.0.0.1/app\(ending)")
        let configuration = try configuration([
            "PGSERVER_LOGIN_PASSWORD_FILE": password.path, "PGSERVER_SERVE_URL_FILE": url.path,
        ])
        #expect(configuration.loginPassword == "hush ")
        #expect(configuration.serveURL == "postgresql://pgserver@127.0.0.1/app")
        #expect(configuration.warnings == [])
        #expect(configuration.unknownVariables(besides: []) == [])
    }

    @Test("warns of a secret that every user may read, and names the variable")
    func readableSecret() throws {
        let file = try SecretOnDisk("hush", mode: 0o644)
        let configuration = try configuration(["PGSERVER_LOGIN_PASSWORD_FILE": file.path])
        #expect(configuration.loginPassword == "hush")
        #expect(configuration.warnings.count == 1)
        #expect(configuration.warnings.first?.hasPrefix("PGSERVER_LOGIN_PASSWORD_FILE: every user") == true)
    }

    @Test("refuses a file of a secret that it cannot trust or read, and never shows what is in it")
    func badSecretFiles() throws {
        let (writable, long) = (
            try SecretOnDisk("hush", mode: 0o602), try SecretOnDisk(String(repeating: "hush", count: 65_536))
        )
        let (binary, wrong) = (try SecretOnDisk("hu\u{0}sh"), try SecretOnDisk(""))
        for path in [writable.path, long.path, binary.path, wrong.path, "/nowhere/at/all", "/dev/null", "/tmp", ""] {
            let error = #expect(throws: ConfigurationError.self) {
                try configuration(["PGSERVER_LOGIN_PASSWORD_FILE": path])
            }
            #expect(error?.sentences.count == 1)
            #expect(error?.sentences.first?.contains("PGSERVER_LOGIN_PASSWORD") == true)
            #expect(error?.sentences.first?.contains("hush") == false)
        }
    }

    @Test("refuses a secret that is given twice")
    func secretTwice() throws {
        let file = try SecretOnDisk("hush")
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(["PGSERVER_LOGIN_PASSWORD": "hush", "PGSERVER_LOGIN_PASSWORD_FILE": file.path])
        }
        #expect(
            error?.sentences == [
                "PGSERVER_LOGIN_PASSWORD_FILE: not possible beside PGSERVER_LOGIN_PASSWORD; set one of them."
            ])
    }

    @Test("knows a misspelt variable, and what was meant")
    func unknown() throws {
        let configuration = try configuration([
            "PGSERVER_POTR": "1", "PGSERVER_BCRYPT_COST": "12", "PGSERVER_COLOUR": "red", "PATH": "/bin",
        ])
        #expect(
            configuration.unknownVariables(besides: ["PGSERVER_BCRYPT_COST"]) == [
                "PGSERVER_COLOUR: there is no such option; pg-server --help lists them.",
                "PGSERVER_POTR: there is no such option; did you mean PGSERVER_PORT?",
            ])
    }

    @Test("gives the catalog any variable by its exact name")
    func raw() throws {
        let configuration = try configuration(["DCL_AUTH_ENABLED": "false"])
        #expect(configuration.environment(named: "DCL_AUTH_ENABLED") == "false")
        #expect(configuration.environment(named: "dcl_auth_enabled") == nil)
    }

    @Test("lets the server log in to the administrator's database as its own role")
    func serverKeywords() throws {
        let configuration = try configuration([
            "PGSERVER_DATABASE_URL": "postgresql://postgres:a@db/app", "PGSERVER_LOGIN_PASSWORD": "b",
        ])
        let keywords = try configuration.serverKeywords().map { "\($0)=\($1)" }
        #expect(keywords == ["dbname=postgresql://postgres:a@db/app", "user=pgserver", "password=b"])
    }

    @Test("prefers the server's own URL, which then is complete")
    func serveURL() throws {
        let configuration = try configuration([
            "PGSERVER_DATABASE_URL": "postgresql://postgres@db/app",
            "PGSERVER_SERVE_URL": "postgresql://pgserver@near/app",
        ])
        #expect(try configuration.serverKeywords().map { "\($0)=\($1)" } == ["dbname=postgresql://pgserver@near/app"])
    }

    @Test("without a URL says which variable is missing")
    func missingURL() throws {
        let configuration = try configuration([:])
        let server = #expect(throws: ConfigurationError.self) { try configuration.serverKeywords() }
        #expect(server?.sentences.first?.hasPrefix("PGSERVER_SERVE_URL: not set") == true)
        let administrator = #expect(throws: ConfigurationError.self) { try configuration.administratorKeywords() }
        #expect(administrator?.sentences.first?.hasPrefix("PGSERVER_DATABASE_URL: not set") == true)
    }
}

@Suite("The table of options")
struct OptionTableTests {
    @Test("names each variable once")
    func unique() {
        let names = Configuration.options.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test(
        "has a name that is ours, a sentence, and a default that its own syntax accepts",
        arguments: Configuration.options.map(\.name))
    func wellFormed(_ name: String) throws {
        let option = try #require(Configuration.options.first { $0.name == name })
        #expect(name.hasPrefix(Configuration.prefix))
        #expect(option.summary.hasSuffix("."))
        #expect(!option.isSecret || option.defaultText.isEmpty)
        var configuration = Configuration()
        if !option.defaultText.isEmpty, !option.defaultText.contains(" ") {
            #expect(option.apply(option.defaultText, to: &configuration) == nil)
        }
    }
}
