import Foundation
import Testing

@testable import PgServer

/// Requests to a real server with a real certificate.
@Suite("An outside request", .enabled(if: TestCluster.isAvailable, "make test gives it a folder"))
struct OutsideRequestTests {
    @Test("reaches a server over TLS whose certificate names it, with all that was asked for")
    func secure() async throws {
        let certificate = try Certificate(for: "DNS:server.test", "IP:127.0.0.1")
        let server = try OutsideProgram("http_receiver.py", ["127.0.0.1", certificate.path, certificate.keyPath])
        let performer = try Outside.http(try Outside.network(trusting: certificate))
        for host in ["server.test", "127.0.0.1"] {
            let outcome = try await Outside.perform(
                performer, .http,
                [
                    "url": "https://\(host):\(server.port)/echo?a=b", "method": "POST", "body": "{\"é\":1}",
                    "headers": ["Content-Type": "application/json", "X-Signature": "sha256=abc"],
                    "idempotency_key": "job-42",
                ])
            #expect(outcome["status"] as? Int == 200, "\(outcome)")
            let seen = try Outside.object(Array(try #require(outcome["body"] as? String).utf8))
            #expect(seen["method"] as? String == "POST" && seen["path"] as? String == "/echo?a=b")
            #expect(seen["body"] as? String == "{\"é\":1}")
            let headers = try #require(seen["headers"] as? [String: String])
            #expect(headers["idempotency-key"] == "job-42" && headers["x-signature"] == "sha256=abc")
            #expect(headers["host"] == "\(host):\(server.port)")
            #expect(headers["user-agent"] == "pg-server/\(version)")
        }
    }

    @Test("trusts no certificate of another name, nor one that nobody vouches for")
    func refusedCertificates() async throws {
        let other = try Certificate(for: "DNS:other.test", "DNS:*.wild.test", "IP:127.0.0.2")
        let server = try OutsideProgram("http_receiver.py", ["127.0.0.1", other.path, other.keyPath])
        let trusting = try Outside.http(try Outside.network(trusting: other))
        for host in ["server.test", "127.0.0.1", "a.b.wild.test", "wild.test"] {
            let outcome = try await Outside.perform(
                trusting, .http, ["url": "https://\(host):\(server.port)/echo"])
            #expect(Outside.errorCode(outcome) == "tls_failed", "\(host): \(outcome)")
            #expect(Outside.errorMessage(outcome).contains("mismatch"), "\(host): \(outcome)")
        }
        for host in ["other.test", "a.wild.test"] {
            let outcome = try await Outside.perform(
                trusting, .http, ["url": "https://\(host):\(server.port)/echo"])
            #expect(outcome["status"] as? Int == 200, "\(host): \(outcome)")
        }
        let strange = try Outside.http(try Outside.network())
        let outcome = try await Outside.perform(strange, .http, ["url": "https://other.test:\(server.port)/echo"])
        #expect(Outside.errorCode(outcome) == "tls_failed")
        #expect(Outside.errorMessage(outcome).contains("certificate"), "\(outcome)")
    }

    @Test("is refused on its way to an address that is not public, also by redirect and by name")
    func refusedAddresses() async throws {
        let server = try OutsideProgram("http_receiver.py")
        let network = try Outside.network()
        let strict = try Outside.http(network, allowing: "")
        for host in ["127.0.0.1", "localhost", "private.test", "[::1]", "0x7f000001"] {
            let outcome = try await Outside.perform(strict, .http, ["url": "http://\(host):\(server.port)/echo"])
            #expect(Outside.errorCode(outcome) == "address_not_allowed", "\(host): \(outcome)")
        }
        let some = try Outside.http(network, allowing: "127.0.0.1")
        for target in ["http://127.0.0.2:\(server.port)/echo", "http://169.254.169.254/latest/meta-data/"] {
            let encoded = try #require(target.addingPercentEncoding(withAllowedCharacters: CharacterSet.alphanumerics))
            let outcome = try await Outside.perform(
                some, .http, ["url": "http://127.0.0.1:\(server.port)/redirect?to=\(encoded)"])
            #expect(Outside.errorCode(outcome) == "address_not_allowed", "\(target): \(outcome)")
        }
    }

    @Test("follows a redirect of a real server and arrives with its body")
    func redirect() async throws {
        let server = try OutsideProgram("http_receiver.py")
        let performer = try Outside.http(try Outside.network())
        let outcome = try await Outside.perform(
            performer, .http,
            ["url": "http://server.test:\(server.port)/redirect?status=307&to=/echo", "method": "PUT", "body": "b"])
        let seen = try Outside.object(Array(try #require(outcome["body"] as? String).utf8))
        #expect(seen["method"] as? String == "PUT" && seen["body"] as? String == "b")
    }

    @Test("hands on what a later attempt needs to know")
    func retryAfter() async throws {
        let server = try OutsideProgram("http_receiver.py")
        let performer = try Outside.http(try Outside.network())
        let outcome = try await Outside.perform(
            performer, .http, ["url": "http://server.test:\(server.port)/status?code=503"])
        #expect(outcome["status"] as? Int == 503)
        let headers = try #require(outcome["headers"] as? [String: String])
        #expect(headers["retry-after"] == "17" && headers["date"]?.hasSuffix(" GMT") == true)
    }

    @Test("keeps within its bounds: time, size, and no size that grows when it is decoded")
    func bounds() async throws {
        let server = try OutsideProgram("http_receiver.py")
        let performer = try Outside.http(try Outside.network())
        let base = "http://server.test:\(server.port)"
        let bomb = try await Outside.perform(performer, .http, ["url": "\(base)/bomb", "max_response_bytes": 4096])
        #expect(bomb["status"] as? Int == 200)
        #expect((bomb["headers"] as? [String: String])?["content-encoding"] == "gzip")
        let encoded = try #require(bomb["body_base64"] as? String)
        let bytes = try #require(Data(base64Encoded: encoded))
        #expect(bytes.count <= 4096 && bytes.starts(with: [0x1F, 0x8B]))
        let stream = try await Outside.perform(performer, .http, ["url": "\(base)/stream?count=4"])
        #expect((stream["body"] as? String)?.utf8.count == 4096)
        let large = try await Outside.perform(
            performer, .http, ["url": "\(base)/stream?count=100000", "max_response_bytes": 4096])
        #expect(Outside.errorCode(large) == "too_large")
        let silent = try await Outside.perform(performer, .http, ["url": "\(base)/silence", "timeout_ms": 100])
        #expect(Outside.errorCode(silent) == "timeout")
    }

    @Test("gives no way around: the authorities file has to be one")
    func authorities() throws {
        #expect(throws: ConfigurationError.self) { try TLSContext(authoritiesFile: "/nowhere/at-all.pem") }
        #expect(throws: ConfigurationError.self) { try TLSContext(authoritiesFile: #filePath) }
    }
}
