/// Writes metrics in Prometheus' text exposition format, version 0.0.4.
struct PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String { case counter, gauge, histogram }

    private(set) var bytes: [UInt8] = []

    /// Opens a family; its samples must follow before the next one.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        bytes += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        bytes += name.utf8
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            for (index, label) in labels.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += label.0.utf8
                bytes += "=\"".utf8
                appendEscaped(label.1)
                bytes.append(UInt8(ascii: "\""))
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes += value.utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some BinaryInteger) {
        sample(name, labels, String(value))
    }

    mutating func sample(_ name: String, _ value: some BinaryInteger) { sample(name, [], String(value)) }

    mutating func sample(_ name: String, microseconds: Int64) { sample(name, [], Self.seconds(microseconds)) }

    /// A histogram's samples: buckets are cumulative, and the last one is `+Inf`.
    mutating func histogram(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        var total: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound = index < Histogram.boundTexts.count ? Histogram.boundTexts[index] : "+Inf"
            sample(name + "_bucket", labels + [("le", bound)], total)
        }
        sample(name + "_sum", labels, Self.seconds(histogram.sumMicroseconds))
        sample(name + "_count", labels, total)
    }

    /// Microseconds as seconds with six decimals, without going through a floating-point number.
    static func seconds(_ microseconds: Int64) -> String {
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }

    private mutating func appendEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            default: bytes.append(byte)
            }
        }
    }
}
