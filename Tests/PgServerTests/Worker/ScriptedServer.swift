import Glibc

@testable import PgServer

/// A server on the loopback address whose part in each conversation a test writes. It serves until the test run ends.
struct ScriptedServer: Sendable {
    /// One accepted connection, from the server's side.
    final class Peer: Sendable {
        private let descriptor: Int32

        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }

        func send(_ text: String) {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                bytes = bytes.dropFirst(count)
            }
        }

        /// What arrives up to and including `end`, or up to the end of the connection.
        @discardableResult
        func receive(until end: String) -> String {
            var text: [UInt8] = []
            var byte: UInt8 = 0
            while !text.suffix(end.utf8.count).elementsEqual(end.utf8), recv(descriptor, &byte, 1, 0) == 1 {
                text.append(byte)
            }
            return String(decoding: text, as: UTF8.self)
        }

        /// Waits until the other side has gone.
        func waitForEnd() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) == 1 {}
        }
    }

    private let host: String
    let port: UInt16

    /// - Parameter script: plays the server for one connection, the first being 0.
    init(host: String = "127.0.0.1", _ script: @escaping @Sendable (Peer, Int) -> Void) throws {
        self.host = host
        let listener = try Socket.listen(host: host, port: 0, backlog: 16)
        port = Socket.port(of: listener.rawValue)
        let descriptor = listener.release()
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        try SystemThread.start(name: "scripted") {
            var number = 0
            while true {
                let raw = accept(descriptor, nil, nil)
                guard raw >= 0 else { continue }
                script(Peer(raw), number)
                number += 1
            }
        }
    }

    /// Answers each connection with one text, once a head has arrived.
    init(host: String = "127.0.0.1", answering answers: String...) throws {
        try self.init(host: host) { peer, number in
            peer.receive(until: "\r\n\r\n")
            peer.send(answers[min(number, answers.count - 1)])
        }
    }

    func url(_ path: String = "/") -> String { "http://\(host):\(port)\(path)" }
}
