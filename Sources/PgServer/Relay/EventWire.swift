/// The bytes around an event's JSON on the two wires. For frames of the relay and of a replay alike.
enum EventWire {
    /// Appends one event of an event stream (WHATWG HTML §9.2), as one `data:` line.
    ///
    /// Outside of strings, where PostgreSQL refuses them, line breaks of JSON are blanks: they become spaces.
    ///
    /// - Parameter id: epoch and position, from which a listener can go on; nil for what is no event of the log.
    static func appendSSE(
        id: (epoch: Int, position: Int64)?, eventName: [UInt8], json: Span<UInt8>, to out: inout [UInt8]
    ) {
        let overheadMax = 64
        out.reserveCapacity(out.count + json.count + eventName.count + overheadMax)
        if let id {
            out.append("id: ")
            appendID(id, to: &out)
            out.append("\n")
        }
        if !eventName.isEmpty {
            out.append("event: ")
            out += eventName
            out.append("\n")
        }
        out.append("data: ")
        let start = out.count
        out.append(json)
        for index in start..<out.count where out[index] == UInt8(ascii: "\n") || out[index] == UInt8(ascii: "\r") {
            out[index] = UInt8(ascii: " ")
        }
        out.append("\n\n")
    }

    /// Appends an event's id as clients see it, such as `1.42`.
    static func appendID(_ id: (epoch: Int, position: Int64), to out: inout [UInt8]) {
        out.append(decimal: id.epoch)
        out.append(UInt8(ascii: "."))
        out.append(decimal: Int(id.position))
    }

    /// Appends one unfragmented, unmasked text frame (RFC 6455 §5.2).
    static func appendWebSocketText(_ text: Span<UInt8>, to out: inout [UInt8]) {
        let headMax = 10
        out.reserveCapacity(out.count + text.count + headMax)
        out.append(0x81)  // FIN, opcode 1
        switch text.count {
        case ...125: out.append(UInt8(text.count))
        case ...0xFFFF:
            out.append(126)
            for shift in [8, 0] { out.append(UInt8(truncatingIfNeeded: text.count >> shift)) }
        default:
            out.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                out.append(UInt8(truncatingIfNeeded: text.count >> shift))
            }
        }
        out.append(text)
    }
}
