/// Sends well-formed requests, each on a connection of its own.
struct HTTPClient {
    let port: UInt16
    /// Goes into `Authorization: Bearer`.
    var token: String?
    /// Header fields sent with every request.
    var headers: [(String, String)] = []

    init(port: UInt16, token: String? = nil) {
        self.port = port
        self.token = token
    }

    func get(_ target: String, headers: [(String, String)] = []) throws -> HTTPResponse {
        try send("GET", target, headers: headers)
    }

    func post(_ target: String, json: String, headers: [(String, String)] = []) throws -> HTTPResponse {
        try send("POST", target, json: json, headers: headers)
    }

    /// - Parameters:
    ///   - json: A body that is sent with its type and its length.
    ///   - body: A body that `headers` tell all of.
    func send(
        _ method: String, _ target: String, json: String? = nil, headers: [(String, String)] = [], body: String = ""
    ) throws -> HTTPResponse {
        var fields = [("Host", "127.0.0.1:\(port)"), ("Connection", "close")] + self.headers + headers
        if let token { fields.append(("Authorization", "Bearer \(token)")) }
        if let json {
            fields.append(("Content-Type", "application/json"))
            fields.append(("Content-Length", String(json.utf8.count)))
        }
        let head = "\(method) \(target) HTTP/1.1\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        let connection = try RawConnection(port: port)
        try connection.send(head + (json ?? body))
        return try connection.response(to: method)
    }
}
