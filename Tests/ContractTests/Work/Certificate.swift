import Glibc

/// A certificate that vouches for itself, made by OpenSSL for one test.
struct Certificate {
    /// PEM, of the certificate and of its key.
    let path: String
    let keyPath: String

    /// - Parameter names: as `DNS:server.test` or `IP:127.0.0.1`.
    init(for names: String...) throws {
        let base = "\(try TestCluster.stateDirectory())/certificate-\(getpid())-\(Subprocess.nextNumber())"
        path = base + ".pem"
        keyPath = base + ".key"
        let output = try Subprocess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=a certificate of a test", "-addext", "subjectAltName=\(names.joined(separator: ","))",
                "-keyout", keyPath, "-out", path,
            ])
        guard output.status == 0 else { throw TestFailure("openssl: \(output.text)") }
    }
}
