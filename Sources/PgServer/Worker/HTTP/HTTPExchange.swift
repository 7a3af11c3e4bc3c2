/// One HTTP effect from its first connection to its last answer. Every hop is resolved, judged and connected anew.
struct HTTPExchange: ~Copyable {
    private let network: OutsideNetwork
    private let policy: AddressPolicy
    private let patience: EffectPatience
    private var effect: HTTPEffect
    /// The address that the last connection led to.
    private(set) var address: ClientAddress?

    init(_ effect: HTTPEffect, _ network: OutsideNetwork, _ policy: AddressPolicy, _ patience: EffectPatience) {
        self.effect = effect
        self.network = network
        self.policy = policy
        self.patience = patience
    }

    /// Sends the request and follows redirects, as many as the effect allows.
    ///
    /// With none allowed, a redirect is an answer like others.
    mutating func perform() throws(EffectFailure) -> OutsideResponse {
        var redirectCount = 0
        while true {
            let response = try send()
            guard effect.redirectCountMax > 0, HTTPEffect.redirectStatuses.contains(response.status),
                let location = response.field("location")
            else { return response }
            redirectCount += 1
            guard redirectCount <= effect.redirectCountMax else {
                throw EffectFailure(.redirectRefused, "There are more than \(effect.redirectCountMax) redirects.")
            }
            try effect.follow(location, status: response.status)
        }
    }

    private mutating func send() throws(EffectFailure) -> OutsideResponse {
        address = nil
        guard AddressPolicy.allows(port: effect.url.port) else {
            throw EffectFailure(.addressNotAllowed, "Port \(effect.url.port) belongs to another protocol than HTTP.")
        }
        var stream = try network.connect(to: effect.url.host, port: effect.url.port, policy: policy, patience)
        address = stream.address
        if effect.url.isSecure { try stream.startTLS(network.tls, host: effect.url.host) }
        do throws(EffectFailure) { try stream.write(effect.message) } catch {
            // A server may answer and leave before it has read everything, with 413 for one: the answer counts.
            guard error.code == .connectionLost else { throw error }
        }
        var parser = ResponseParser(isHead: effect.method == "HEAD", bodyByteCountMax: effect.responseByteCountMax)
        var buffer: [UInt8] = []
        var isComplete = false
        while !isComplete {
            let isOpen = try stream.read(appendingTo: &buffer)
            do throws(ResponseError) { isComplete = try parser.read(&buffer, isEnd: !isOpen) } catch {
                throw Self.failure(error, effect)
            }
        }
        return OutsideResponse(
            status: parser.status, fields: parser.fields, body: Array(buffer[parser.body]), address: stream.address)
    }

    private static func failure(_ error: ResponseError, _ effect: HTTPEffect) -> EffectFailure {
        switch error {
        case .malformed: EffectFailure(.malformedResponse, "The response is not HTTP/1.1 as RFC 9112 has it.")
        case .headTooLarge:
            EffectFailure(.tooLarge, "The head of the response is too large.")
        case .bodyTooLarge:
            EffectFailure(.tooLarge, "The response is larger than \(effect.responseByteCountMax) bytes.")
        case .incomplete: EffectFailure(.connectionLost, "The connection ended before the response was complete.")
        }
    }
}
