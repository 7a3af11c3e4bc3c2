import Glibc

/// What is fed to the fuzzer's inputs. Which one a process runs says `PGSERVER_FUZZ_TARGET`.
///
/// The rooms of the server are compiled into the same module, with the fuzzer's counters in them.
enum FuzzTarget: String, CaseIterable {
    case http, chunked, jwt, json, websocket

    static let current: FuzzTarget = {
        guard let name = getenv("PGSERVER_FUZZ_TARGET").map({ String(cString: $0) }),
            let target = FuzzTarget(rawValue: name)
        else { fatalError("PGSERVER_FUZZ_TARGET must be one of \(allCases.map(\.rawValue).joined(separator: ", "))") }
        return target
    }()

    func run(_ input: [UInt8]) {
        switch self {
        case .http: HTTPFuzz.run(input)
        case .chunked: ChunkedFuzz.run(input)
        case .jwt: TokenFuzz.run(input)
        case .json: JSONFuzz.run(input)
        case .websocket: WebSocketFuzz.run(input)
        }
    }
}

/// Stops the process unless the condition holds, which the fuzzer takes for a crash and keeps the input of.
func check(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    FuzzTarget.current.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// How an input can arrive: whole, byte by byte, in pieces, and cut once at up to `cutCountMax` places.
struct Arrivals {
    static let cutCountMax = 24

    /// Each is a list of the ends of the pieces, the last one `count`.
    static func all(of count: Int) -> [[Int]] {
        guard count > 1 else { return [[count]] }
        let step = max(1, count / cutCountMax)
        let cuts = stride(from: 1, to: count, by: step).map { [$0, count] }
        return [Array(1...count), Array(stride(from: 7, to: count, by: 7)) + [count]] + cuts
    }
}
