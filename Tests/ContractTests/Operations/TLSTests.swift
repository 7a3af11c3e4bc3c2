import Glibc
import Synchronization
import Testing

@testable import PgServer

@Suite("TLS", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct TLSTests {
    private let server: RunningServer

    init() throws { server = try SecureServer.shared() }

    /// What OpenSSL's client says of a handshake.
    private func shakeHands(_ arguments: String..., port: UInt16? = nil, input: String = "") throws -> String {
        try SecureServer.shakeHands(arguments, port: port ?? server.port, input: input)
    }

    @Test("is spoken in versions 1.2 and 1.3", arguments: [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
    func versions(_ option: String, _ name: String) throws {
        #expect(try shakeHands(option).contains("New, \(name), Cipher is "))
    }

    @Test("is not spoken in older versions", arguments: ["-tls1", "-tls1_1"])
    func oldVersions(_ option: String) throws {
        let text = try shakeHands(option, "-cipher", "ALL:@SECLEVEL=0")
        #expect(text.contains("alert protocol version"))
        #expect(text.contains("Cipher is (NONE)"))
    }

    @Test(
        "uses no cipher without forward secrecy and authenticated encryption (RFC 9325 §4.2)",
        arguments: [
            "AES128-GCM-SHA256", "AES128-SHA", "AES256-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384",
            "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256", "AECDH-AES128-SHA", "ADH-AES128-GCM-SHA256",
            "eNULL",
        ])
    func weakCiphers(_ cipher: String) throws {
        let text = try shakeHands("-tls1_2", "-cipher", "\(cipher):@SECLEVEL=0")
        #expect(text.contains("handshake failure"))
        #expect(text.contains("Cipher is (NONE)"))
    }

    @Test(
        "uses these of version 1.2, and these of 1.3",
        arguments: [
            ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"],
            ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"],
            ["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"],
            ["-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"],
            ["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384"],
            ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"],
        ])
    func ciphers(_ arguments: [String]) throws {
        let text = try SecureServer.shakeHands(arguments, port: server.port)
        #expect(text.contains("Cipher is \(arguments[2])"))
    }

    @Test("compresses nothing, and refuses to negotiate anew within a connection")
    func renegotiation() throws {
        let text = try shakeHands("-tls1_2", input: "R\n")
        #expect(text.contains("Compression: NONE"))
        #expect(text.contains("no renegotiation"))
    }

    @Test("agrees on HTTP/1.1 with who asks for it, and with nobody on anything else (RFC 7301 §3.2)")
    func protocols() throws {
        #expect(try shakeHands("-alpn", "h2,http/1.1").contains("ALPN protocol: http/1.1"))
        #expect(try shakeHands().contains("No ALPN negotiated"))
        #expect(try shakeHands("-alpn", "h2").contains("alert no application protocol"))
    }

    @Test("gives the one certificate whatever name is asked for", arguments: ["localhost", "other.example", "x"])
    func serverNames(_ name: String) throws {
        #expect(try shakeHands("-servername", name).contains("subject=CN = a certificate of a test"))
    }

    @Test("resumes a session by its ticket", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(_ version: String) throws {
        let file = "\(try TestCluster.stateDirectory())/session-\(Probe.unique())"
        defer { unlink(file) }
        let request = "GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        // In version 1.3 the ticket comes behind the handshake, before the answer.
        #expect(try shakeHands(version, "-ign_eof", "-sess_out", file, input: request).contains("New, "))
        #expect(try shakeHands(version, "-sess_in", file).contains("Reused, "))
    }

    @Test("carries requests that keep their connection", arguments: ["1.2", "1.3"])
    func requests(_ version: String) throws {
        let tunnel = try SecureServer.tunnel(to: server.port, version)
        let connection = try RawConnection(port: tunnel.port)
        for number in 1...20 {
            try connection.send("GET /probe/echo?text=\(number) HTTP/1.1\r\nHost: h\r\n\r\n")
            let response = try connection.response()
            #expect(response.status == 200)
            #expect(try response.member("text") as? String == "\(number)")
            #expect(response.header("Strict-Transport-Security") == "max-age=3600")
        }
        // All of a pipeline is answered, in its order.
        try connection.send(
            (1...10).map { "GET /probe/echo?text=\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
        for number in 1...10 { #expect(try connection.response().member("text") as? String == "\(number)") }
    }

    @Test("carries large bodies both ways", arguments: ["1.2", "1.3"])
    func bodies(_ version: String) throws {
        let tunnel = try SecureServer.tunnel(to: server.port, version)
        let connection = try RawConnection(port: tunnel.port)
        let body = String(repeating: "0123456789abcdef", count: (4 << 20) / 16)
        try connection.send(
            "POST /probe/long HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
        let digest = try connection.response()
        #expect(try digest.member("length") as? Int == body.utf8.count)
        let md5 = try Probe.value("SELECT md5($1)", [body])
        #expect(try digest.member("md5") as? String == md5)
        try connection.send("GET /probe/large?count=8000000 HTTP/1.1\r\nHost: h\r\n\r\n")
        let response = try connection.response()
        #expect(response.body.count == 8_000_000)
        #expect(response.body.allSatisfy { $0 == UInt8(ascii: "x") })
        try connection.send("GET /probe/echo?text=next HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try connection.response().member("text") as? String == "next")
    }

    @Test("carries event streams and WebSockets, also to who reads slowly", arguments: ["1.2", "1.3"])
    func streams(_ version: String) throws {
        let events = try EventServer.shared()
        let secure = try SecureServer.start(["PGSERVER_STREAM_BUFFER": "16MB"], over: events.server.databaseURL)
        defer { secure.stop() }
        let tunnel = try SecureServer.tunnel(to: secure.port, version)
        let tenant = try events.newTenant()
        let stream = try EventStream(port: tunnel.port, "/feed/plain", token: tenant.token)
        _ = try stream.next("connected")
        let socket = try WebSocketClient(port: tunnel.port, "/feed/socket", token: tenant.token)
        #expect(try socket.next(WebSocketClient.text).member("type") as? String == "connected")
        // Neither reads until the kernel's buffers on the way are full; the server's own hold the rest.
        try events.publish(1...100, to: tenant, textByteCount: 50_000)
        #expect(try stream.notes(100) == Array(1...100))
        #expect(try socket.notes(100) == Array(1...100))
        try socket.send(WebSocketClient.ping, Array("a".utf8))
        #expect(try socket.next(WebSocketClient.pong).payload == Array("a".utf8))
    }

    @Test("ends the stream of who does not read in good order, in the middle of a record or not")
    func slowListener() throws {
        let events = try EventServer.shared()
        let secure = try SecureServer.start(["PGSERVER_STREAM_BUFFER": "16kB"], over: events.server.databaseURL)
        defer { secure.stop() }
        let tunnel = try SecureServer.tunnel(to: secure.port, "1.3")
        let tenant = try events.newTenant()
        let socket = try WebSocketClient(port: tunnel.port, "/feed/socket", token: tenant.token)
        var sentCount = 0
        while try SecureServer.metric("pgserver_streams_closed_slow_total", at: tunnel.port) < 1 {
            guard sentCount < 2000 else { throw TestFailure("nobody was too slow") }
            try events.publish(sentCount + 1...sentCount + 10, to: tenant, textByteCount: 50_000)
            sentCount += 10
        }
        // Every frame is whole, and the last one says why.
        var last: WebSocketClient.Frame?
        while let frame = try socket.next() { last = frame }
        #expect(last?.opcode == WebSocketClient.close)
        #expect(last?.closeCode == 1013)
    }

    @Test("answers who speaks in clear, in clear, and closes")
    func clear() throws {
        let connection = try RawConnection(port: server.port)
        try connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let response = try connection.response()
        #expect(response.status == 400)
        #expect(response.header("Connection") == "close")
        #expect(response.text.contains("This port speaks TLS"))
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test(
        "closes on what is no handshake", arguments: [[22, 3, 1, 0, 1, 0], [22, 9, 9, 255, 255], [22, 3, 1, 0, 0]])
    func garbage(_ bytes: [UInt8]) throws {
        let connection = try RawConnection(port: server.port)
        try connection.send(bytes + [UInt8](repeating: 0, count: 100))
        // At most an alert comes back (RFC 8446 §6).
        #expect(try connection.bytesUntilClosed().count <= 7)
    }

    @Test("gives a handshake its time and no more, while others are served")
    func slowHandshakes() throws {
        let secure = try SecureServer.start([
            "PGSERVER_TLS_HANDSHAKE_TIMEOUT": "300ms", "PGSERVER_HTTP_FIRST_BYTE_TIMEOUT": "30s",
        ])
        defer { secure.stop() }
        let tunnel = try SecureServer.tunnel(to: secure.port)
        let silent = try RawConnection(port: secure.port)
        let halting = try (1...50).map { _ in
            let connection = try RawConnection(port: secure.port)
            try connection.send([22, 3, 1])
            return connection
        }
        #expect(try HTTPClient(port: tunnel.port).get("/probe/echo?text=a").status == 200)
        for connection in halting + [silent] { #expect(try connection.bytesUntilClosed().isEmpty) }
        #expect(try SecureServer.metric("http_tls_handshakes_failed_total", at: tunnel.port) == 51)
        #expect(try SecureServer.metric("http_tls_handshakes_total", at: tunnel.port) >= 2)
    }

    @Test("takes up a new certificate on SIGHUP, keeps the old one for a bad pair, and drops no connection")
    func renewal() throws {
        let first = try Certificate(for: "DNS:first.test")
        let second = try Certificate(for: "DNS:second.test")
        let base = "\(try TestCluster.stateDirectory())/renewed-\(Probe.unique())"
        try SecureServer.copy(first.path, to: base + ".pem")
        try SecureServer.copy(first.keyPath, to: base + ".key")
        let secure = try SecureServer.start([
            "PGSERVER_TLS_CERTIFICATE_FILE": base + ".pem", "PGSERVER_TLS_KEY_FILE": base + ".key",
        ])
        defer { secure.stop() }
        let tunnel = try SecureServer.tunnel(to: secure.port)
        let connection = try RawConnection(port: tunnel.port)
        func ask() throws -> Int {
            try connection.send("GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\r\n")
            return try connection.response().status
        }
        func name() throws -> String {
            let text = try shakeHands("-tls1_2", port: secure.port)
            return text.contains(try SecureServer.serial(first)) ? "first" : "second"
        }
        #expect(try ask() == 200)
        #expect(try name() == "first")

        try SecureServer.copy(second.path, to: base + ".pem")  // whose key is not there yet
        secure.signal(SIGHUP)
        try eventually("the server says that the old one stays") {
            Subprocess.read(secure.log).contains(
                "the old certificate stays: PGSERVER_TLS_KEY_FILE: '\(base).key' is not the key of the certificate.")
        }
        #expect(try name() == "first")

        try SecureServer.copy(second.keyPath, to: base + ".key")
        secure.signal(SIGHUP)
        try eventually("new handshakes get the new certificate") { try name() == "second" }
        #expect(try ask() == 200)
        #expect(try HTTPClient(port: tunnel.port).get("/probe/echo?text=a").status == 200)
    }
}

@Suite("A start with TLS", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct TLSStartTests {
    private func serve(certificate: String?, key: String?) throws -> Subprocess.Output {
        var environment = [
            "PGSERVER_DATABASE_URL": try TestCluster.administratorURL(), "PGSERVER_PORT": "1",
            "PGSERVER_LOGIN_PASSWORD": TestCluster.serverPassword,
        ]
        environment["PGSERVER_TLS_CERTIFICATE_FILE"] = certificate
        environment["PGSERVER_TLS_KEY_FILE"] = key
        return try Subprocess.run(Subprocess.server, ["serve"], environment: environment)
    }

    @Test("is refused for files that are none, not of each other, or locked, with a sentence that names the variable")
    func badFiles() throws {
        let certificate = try Certificate(for: "DNS:server.test")
        let other = try Certificate(for: "DNS:server.test")
        let locked = certificate.keyPath + ".locked"
        let lock = try Subprocess.run(
            "openssl", ["pkey", "-in", certificate.keyPath, "-aes128", "-passout", "pass:secret", "-out", locked])
        #expect(lock.status == 0)
        let cases: [(String, String, String)] = [
            ("/nowhere.pem", certificate.keyPath, "PGSERVER_TLS_CERTIFICATE_FILE: '/nowhere.pem' is no chain"),
            (certificate.keyPath, certificate.keyPath, "PGSERVER_TLS_CERTIFICATE_FILE: '"),
            (certificate.path, "/nowhere.key", "PGSERVER_TLS_KEY_FILE: '/nowhere.key' is no private key"),
            (certificate.path, certificate.path, "PGSERVER_TLS_KEY_FILE: '"),
            (certificate.path, locked, "PGSERVER_TLS_KEY_FILE: '\(locked)' is no private key"),
            (certificate.path, other.keyPath, "' is not the key of the certificate."),
        ]
        for (path, key, sentence) in cases {
            let output = try serve(certificate: path, key: key)
            #expect(output.status == 1)
            #expect(output.text.contains(sentence), "\(output.text)")
        }
    }

    @Test("is refused for one file without the other")
    func half() throws {
        #expect(
            try serve(certificate: "a", key: nil).text.contains("PGSERVER_TLS_KEY_FILE: not set; certificate and key"))
        #expect(
            try serve(certificate: nil, key: "a").text
                .contains("PGSERVER_TLS_CERTIFICATE_FILE: not set; certificate and key"))
    }
}

/// Servers that speak TLS, and what speaks to them.
enum SecureServer {
    /// One over the probe's database, which the tests of this file share.
    static func shared() throws -> RunningServer { try sharedResult.get() }

    private static let sharedResult = Result {
        let server = try start(["PGSERVER_TLS_HSTS": "1h"])
        atexit { _ = try? SecureServer.shared().stop() }
        return server
    }

    static func start(_ environment: [String: String] = [:], over url: String? = nil) throws -> RunningServer {
        let certificate = try Certificate(for: "DNS:localhost", "IP:127.0.0.1")
        let files = [
            "PGSERVER_TLS_CERTIFICATE_FILE": certificate.path, "PGSERVER_TLS_KEY_FILE": certificate.keyPath,
        ]
        return try Probe.start(files.merging(environment) { $1 }, over: url)
    }

    /// A port in clear that leads to a server's, for the clients of the other tests.
    static func tunnel(to port: UInt16, _ version: String = "1.3") throws -> OutsideProgram {
        try OutsideProgram("python3", "tls_tunnel.py", [String(port), version])
    }

    /// What OpenSSL's client says of a handshake, and of what it then gets.
    static func shakeHands(_ arguments: [String], port: UInt16, input: String = "") throws -> String {
        let words = ["s_client", "-connect", "127.0.0.1:\(port)"] + arguments
        let command = "printf '%s' \"$0\" | timeout 20 openssl \"$@\""
        return try Subprocess.run("sh", ["-c", command, input] + words).text
    }

    static func metric(_ name: String, at port: UInt16) throws -> Int {
        let text = try HTTPClient(port: port).get("/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? -1
    }

    static func copy(_ path: String, to copy: String) throws {
        guard try Subprocess.run("cp", [path, copy]).status == 0 else { throw TestFailure("cp \(path)") }
    }

    /// The certificate as OpenSSL's client prints it: the first line of its bytes that tells it from others.
    static func serial(_ certificate: Certificate) throws -> String {
        let lines = Subprocess.read(certificate.path).split(separator: "\n")
        guard lines.count > 2 else { throw TestFailure("\(certificate.path) is no certificate") }
        return String(lines[1])
    }
}
