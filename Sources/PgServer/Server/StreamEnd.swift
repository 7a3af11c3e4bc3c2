/// Why a stream ends, and what its client is told.
enum StreamEnd: Equatable {
    /// Its socket has ended.
    case clientGone
    /// It said goodbye; the code is answered.
    case clientClosed(WebSocketCloseCode?)
    case brokenProtocol(WebSocketError)
    /// It did not read, or not fast enough.
    case slow
    /// It did not answer a ping.
    case silent
    case expired
    case sessionEnded
    case stopping
    /// The catalog has no such stream any more.
    case withdrawn
    /// What it has yet to see is gone.
    case historyLost
    /// What it missed could not be read.
    case failed(Problem)

    /// What the log names it by; empty for an orderly end.
    var errorCode: String {
        switch self {
        case .clientGone, .clientClosed, .stopping: ""
        case .brokenProtocol: "broken_protocol"
        case .slow: "slow_listener"
        case .silent: "silent_listener"
        case .expired: "token_expired"
        case .sessionEnded: ProblemCode.sessionEnded.rawValue
        case .withdrawn: "stream_withdrawn"
        case .historyLost: "history_lost"
        case .failed(let problem): problem.code
        }
    }

    /// What a last error message says; nil if none is sent.
    var message: String? {
        switch self {
        case .clientGone, .clientClosed, .brokenProtocol, .slow, .silent, .stopping, .historyLost: nil
        case .expired: "The token has expired."
        case .sessionEnded: "The session has ended."
        case .withdrawn: "This stream is no longer served."
        case .failed: "The stream could not be continued. Please connect again."
        }
    }

    /// The code of the close frame; nil where none is sent, and for one without code.
    var closeCode: WebSocketCloseCode? {
        switch self {
        case .clientGone: nil
        case .clientClosed(let code): code
        case .brokenProtocol(let error): error.closeCode
        case .slow: .tryAgainLater
        case .silent, .stopping, .withdrawn: .goingAway
        case .expired, .sessionEnded: Self.unauthorized
        case .historyLost: Self.gone
        case .failed: .internalError
        }
    }

    var closeReason: String {
        switch self {
        case .clientGone, .clientClosed: ""
        case .brokenProtocol(let error): error.reason
        case .slow: "read too slowly"
        case .silent: "no answer to a ping"
        case .expired: "token expired"
        case .sessionEnded: "session ended"
        case .stopping: "server stops"
        case .withdrawn: "stream withdrawn"
        case .historyLost: "history lost"
        case .failed: "try again"
        }
    }

    /// Of the range that is left to applications (RFC 6455 §7.4.2), by the statuses 401 and 410.
    private static let unauthorized = WebSocketCloseCode(rawValue: 4401)
    private static let gone = WebSocketCloseCode(rawValue: 4410)
}
