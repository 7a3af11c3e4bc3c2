import Foundation
import Synchronization
import Testing

@testable import PgServer

/// Requests to a scripted server of this process. What TLS adds is shown with a real server among the contract tests.
@Suite("The performer of HTTP requests")
struct HTTPPerformerTests {
    private func performer(
        allowing networks: String = "127.0.0.1", concurrencyMax: Int = 4,
        resolve: @escaping @Sendable (String) -> NameLookup.Answer = { _ in .noSuchName }
    ) throws -> HTTPPerformer {
        let network = OutsideNetwork(lookup: NameLookup(resolve: resolve), tls: try TLSContext())
        let policy = AddressPolicy(allowing: try NetworkList(parsing: networks))
        return HTTPPerformer(network, policy: policy, concurrencyMax: concurrencyMax)
    }

    private static func addresses(_ texts: String...) -> NameLookup.Answer {
        .addresses(texts.compactMap { ClientAddress($0) })
    }

    private static let empty = "HTTP/1.1 204 No Content\r\n\r\n"

    @Test("tells status, fields and body")
    func answer() async throws {
        let server = try ScriptedServer(
            answering: "HTTP/1.1 201 Created\r\nX-A: 1\r\nRetry-After: 7\r\nDate: now\r\nx-a: 2\r\n"
                + "Content-Length: 7\r\n\r\n\"gr\u{FC}n\"")
        let outcome = try await performer().outcome(of: .http, ["url": server.url()])
        #expect(outcome.status == 201)
        #expect(outcome.headers == ["x-a": "1, 2", "retry-after": "7", "date": "now", "content-length": "7"])
        #expect(outcome.body == "\"gr\u{FC}n\"")
        #expect(outcome.members["address"] as? String == "127.0.0.1")
        #expect(outcome.members["duration_ms"] is Int)
        #expect(outcome.errorCode == nil)
    }

    @Test("tells a body that is no text in base64", arguments: [("\u{0}a", "AGE="), ("\u{0}", "AA==")])
    func bytes(_ body: String, _ expected: String) async throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\n\r\n\(body)")
        let outcome = try await performer().outcome(of: .http, ["url": server.url()])
        #expect(outcome.body == nil)
        #expect(outcome.members["body_base64"] as? String == expected)
    }

    @Test("sends the request as its arguments say")
    func request() async throws {
        let seen = Mutex("")
        let server = try ScriptedServer { peer, _ in
            let text = peer.receive(until: "the body")
            seen.withLock { $0 = text }
            peer.send(Self.empty)
        }
        let outcome = try await performer().outcome(
            of: .http,
            ["url": server.url("/hook?a=b"), "method": "POST", "body": "the body", "headers": ["X-Y": "z"]])
        #expect(outcome.status == 204)
        let text = seen.withLock { $0 }
        #expect(text.hasPrefix("POST /hook?a=b HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nX-Y: z\r\n"))
        #expect(
            text.hasSuffix("\r\nContent-Length: 8\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\nthe body"))
    }

    @Test(
        "connects to no address that is not allowed, however it is written",
        arguments: [
            "http://127.0.0.1", "http://127.1", "http://0x7f.0.0.1", "http://2130706433", "http://[::1]",
            "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]", "http://localhost", "http://0.0.0.0", "http://[::]",
            "http://169.254.169.254", "http://[fd00:ec2::254]", "http://10.0.0.1", "http://[64:ff9b::7f00:1]",
        ])
    func refusedAddress(_ url: String) async throws {
        let reached = Mutex(false)
        let server = try ScriptedServer { peer, _ in
            reached.withLock { $0 = true }
            peer.send(Self.empty)
        }
        let performer = try performer(allowing: "", resolve: NameLookup.systemAnswer)
        let outcome = try await performer.outcome(of: .http, ["url": "\(url):\(server.port)/"])
        #expect(outcome.errorCode == "address_not_allowed")
        #expect(outcome.status == nil && outcome.members["address"] == nil)
        #expect(outcome.errorMessage == "This server may not connect to that address.")
        #expect(!reached.withLock { $0 })
    }

    @Test("goes to the address that was judged, although the name then has another one")
    func rebinding() async throws {
        let count = Mutex(0)
        let server = try ScriptedServer(answering: Self.empty)
        // The name server changes its mind after the first answer.
        let performer = try performer { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number == 1 ? Self.addresses("127.0.0.1") : Self.addresses("10.0.0.1")
        }
        let url = "http://rebinding.example:\(server.port)/"
        let first = try await performer.outcome(of: .http, ["url": url])
        #expect(first.status == 204)
        #expect(count.withLock { $0 } == 1)
        let second = try await performer.outcome(of: .http, ["url": url])
        #expect(second.errorCode == "address_not_allowed")
    }

    @Test("takes of several addresses only what is allowed, and the next one if one does not answer")
    func severalAddresses() async throws {
        let server = try ScriptedServer(answering: Self.empty)
        let performer = try performer(allowing: "127.0.0.1, 127.0.0.9") { _ in
            Self.addresses("10.0.0.1", "127.0.0.9", "127.0.0.1")
        }
        let outcome = try await performer.outcome(of: .http, ["url": "http://several.example:\(server.port)/"])
        #expect(outcome.status == 204)
        #expect(outcome.members["address"] as? String == "127.0.0.1")
    }

    @Test(
        "judges every redirect like the first request",
        arguments: [
            "http://127.0.0.1:PORT/", "//127.0.0.1:PORT/", "http://127.1:PORT/", "http://localhost:PORT/",
            "http://inner.example:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://169.254.169.254/latest/meta-data/",
        ])
    func refusedRedirect(_ location: String) async throws {
        let reached = Mutex(false)
        let inner = try ScriptedServer { peer, _ in
            reached.withLock { $0 = true }
            peer.send("HTTP/1.1 200 OK\r\n\r\nsecret")
        }
        let target = location.replacing("PORT", with: String(inner.port))
        let outer = try ScriptedServer(
            host: "127.0.0.2", answering: "HTTP/1.1 302 Found\r\nLocation: \(target)\r\n\r\n")
        let performer = try performer(allowing: "127.0.0.2") { name in
            name == "inner.example" ? Self.addresses("127.0.0.1") : NameLookup.systemAnswer(name)
        }
        let outcome = try await performer.outcome(of: .http, ["url": outer.url()])
        #expect(outcome.errorCode == "address_not_allowed")
        #expect(outcome.body == nil)
        #expect(!reached.withLock { $0 })
    }

    @Test("follows redirects as far as it may")
    func redirects() async throws {
        let server = try ScriptedServer { peer, number in
            let head = peer.receive(until: "\r\n\r\n")
            let next = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /\(number + 1)\r\nContent-Length: 0\r\n\r\n"
            peer.send(head.hasPrefix("GET /3 ") ? "HTTP/1.1 200 OK\r\n\r\nthere" : next)
        }
        let outcome = try await performer().outcome(of: .http, ["url": server.url("/0"), "redirects": 3])
        #expect(outcome.status == 200 && outcome.body == "there")
        let short = try ScriptedServer(answering: "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")
        let refused = try await performer().outcome(of: .http, ["url": short.url(), "redirects": 2])
        #expect(refused.errorCode == "redirect_refused")
        #expect(refused.errorMessage == "There are more than 2 redirects.")
        let answer = try await performer().outcome(of: .http, ["url": short.url(), "redirects": 0])
        #expect(answer.status == 302 && answer.headers["location"] == "/x")
    }

    @Test("follows no redirect to another protocol", arguments: ["file:///etc/passwd", "ftp://a/", "http://u:p@a/"])
    func otherProtocol(_ location: String) async throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 302 Found\r\nLocation: \(location)\r\n\r\n")
        let outcome = try await performer().outcome(of: .http, ["url": server.url()])
        #expect(outcome.errorCode == "redirect_refused")
    }

    @Test("gives up an answer that is too large, stated or not")
    func tooLarge() async throws {
        let stated = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        let endless = try ScriptedServer { peer, _ in
            peer.receive(until: "\r\n\r\n")
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<100 { peer.send("400\r\n\(String(repeating: "x", count: 0x400))\r\n") }
            peer.waitForEnd()
        }
        for server in [stated, endless] {
            let outcome = try await performer().outcome(
                of: .http, ["url": server.url(), "max_response_bytes": 10_000])
            #expect(outcome.errorCode == "too_large")
            #expect(outcome.errorMessage == "The response is larger than 10000 bytes.")
            #expect(outcome.members["address"] as? String == "127.0.0.1")
        }
    }

    @Test("ends at the nearer limit of time: the job's or the request's own")
    func timeout() async throws {
        let server = try ScriptedServer { peer, _ in peer.waitForEnd() }
        let own = try await performer().outcome(of: .http, ["url": server.url(), "timeout_ms": 50])
        #expect(own.errorCode == "timeout")
        let job = try await performer().outcome(
            of: .http, ["url": server.url(), "timeout_ms": 600_000], timeout: .milliseconds(50))
        #expect(job.errorCode == "timeout")
    }

    @Test("ends at its limit although the name server does not answer")
    func silentNameServer() async throws {
        let answer = DispatchSemaphore(value: 0)
        defer { answer.signal() }
        let performer = try performer { _ in
            answer.wait()
            return .failed
        }
        let outcome = try await performer.outcome(of: .http, ["url": "http://silent.example/", "timeout_ms": 50])
        #expect(outcome.errorCode == "timeout")
    }

    @Test("ends when it is cancelled, however often")
    func cancellation() async throws {
        let handle = Mutex<(any EffectHandle)?>(nil)
        let server = try ScriptedServer { peer, _ in
            peer.receive(until: "\r\n\r\n")
            handle.withLock { $0 }?.cancel()
            handle.withLock { $0 }?.cancel()
            peer.waitForEnd()
        }
        let lock = DispatchSemaphore(value: 0)
        let performer = try performer { _ in
            lock.wait()  // until the handle is known
            return Self.addresses("127.0.0.1")
        }
        let outcome = try await performer.outcome(
            of: .http, ["url": "http://cancelled.example:\(server.port)/"],
            begun: { begun in
                handle.withLock { $0 = begun }
                lock.signal()
            })
        #expect(outcome.errorCode == "cancelled")
    }

    @Test("names what went wrong on the way")
    func failures() async throws {
        let unused = try ScriptedServer { _, _ in }
        let port = unused.port
        let answers: [(String, String)] = [
            ("", "connection_lost"), ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "connection_lost"),
            ("220 smtp.example ESMTP\r\n", "malformed_response"), ("\u{16}\u{3}\u{1}", "malformed_response"),
        ]
        for (answer, code) in answers {
            let server = try ScriptedServer(answering: answer)
            #expect(try await performer().outcome(of: .http, ["url": server.url()]).errorCode == code)
        }
        let lookups: [(NameLookup.Answer, String)] = [
            (.noSuchName, "name_not_resolved"), (.failed, "name_not_resolved"), (.addresses([]), "name_not_resolved"),
            (Self.addresses("127.0.0.9"), "connect_failed"),
        ]
        for (answer, code) in lookups {
            let performer = try performer(allowing: "127.0.0.0/8") { _ in answer }
            let outcome = try await performer.outcome(of: .http, ["url": "http://name.example:\(port)/"])
            #expect(outcome.errorCode == code)
        }
        let plain = try ScriptedServer { peer, _ in
            peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            peer.waitForEnd()
        }
        let tls = try await performer().outcome(of: .http, ["url": "https://127.0.0.1:\(plain.port)/"])
        #expect(tls.errorCode == "tls_failed")
        let mail = try await performer().outcome(of: .http, ["url": "http://127.0.0.1:25/"])
        #expect(mail.errorCode == "address_not_allowed")
        #expect(try await performer().outcome(of: .http, ["url": "gopher://a/"]).errorCode == "invalid_request")
    }

    @Test("counts an answer that comes before the whole request was sent")
    func earlyAnswer() async throws {
        let server = try ScriptedServer { peer, _ in
            peer.receive(until: "\r\n\r\n")
            peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
            peer.waitForEnd()
        }
        let outcome = try await performer().outcome(
            of: .http, ["url": server.url(), "method": "POST", "body": String(repeating: "x", count: 8 << 20)])
        #expect(outcome.status == 413)
    }

    @Test("lets what is too much wait in line")
    func line() async throws {
        let server = try ScriptedServer(answering: Self.empty)
        let performer = try performer(concurrencyMax: 2)
        let url = server.url()
        let statuses = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<20 { group.addTask { try await performer.outcome(of: .http, ["url": url]).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int?](repeating: 204, count: 20))
    }
}
