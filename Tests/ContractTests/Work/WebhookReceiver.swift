import Foundation
import Glibc

/// A real HTTP server that keeps what it is sent, and checks the signatures with the ten lines that the documents show.
final class WebhookReceiver {
    let port: Int
    private let child: pid_t
    private let log: String

    struct Received {
        let path: String
        let event: String
        let delivery: String
        let key: String
        let body: [String: Any]
        let isVerified: Bool
        let isForgeryVerified: Bool
    }

    init() throws {
        log = "\(try TestCluster.stateDirectory())/receiver-\(Subprocess.nextNumber()).log"
        let folder = Project.root + "/Tests/ContractTests/Fixtures"
        child = try Subprocess.start(
            "python3", ["-B", folder + "/receive_webhooks.py"], environment: [:], log: log)
        var port: Int?
        let log = log
        do {
            try eventually("the receiver listens") {
                port = Subprocess.read(log).split(separator: "\n").first.flatMap { Int($0) }
                return port != nil
            }
        } catch {
            kill(child, SIGKILL)
            _ = Subprocess.wait(for: child)
            throw TestFailure("\(error)\n\(Subprocess.read(log))")
        }
        self.port = port ?? 0
    }

    deinit {
        kill(child, SIGKILL)
        _ = Subprocess.wait(for: child)
    }

    func url(status: Int, secret: String) -> String { "http://127.0.0.1:\(port)/status/\(status)?secret=\(secret)" }

    /// Everything that has come so far, in its order.
    func received() throws -> [Received] {
        try Subprocess.read(log).split(separator: "\n").dropFirst().map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard let object, let path = object["path"] as? String, let event = object["event"] as? String,
                let delivery = object["delivery"] as? String, let key = object["key"] as? String,
                let body = object["body"] as? [String: Any], let isVerified = object["is_verified"] as? Bool,
                let isForgeryVerified = object["is_forgery_verified"] as? Bool
            else { throw TestFailure("the receiver wrote: \(line)") }
            return Received(
                path: path, event: event, delivery: delivery, key: key, body: body, isVerified: isVerified,
                isForgeryVerified: isForgeryVerified)
        }
    }
}
