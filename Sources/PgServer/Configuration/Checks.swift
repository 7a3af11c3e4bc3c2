import Glibc

/// The number of bits of an address, 32 or 128; `nil` for what is none.
func addressBitCount(_ text: String) -> Int? {
    var bytes = in6_addr()
    if inet_pton(AF_INET, text, &bytes) == 1 { return 32 }
    if inet_pton(AF_INET6, text, &bytes) == 1 { return 128 }
    return nil
}

/// An address, or a network such as `10.0.0.0/8`.
func isNetwork(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let address = parts.first, let bitCount = addressBitCount(String(address)) else { return false }
    guard parts.count > 1 else { return true }
    guard parts.count == 2, let length = Int(parts[1]), !parts[1].hasPrefix("+") else { return false }
    return (0...bitCount).contains(length)
}

/// Scheme, host and perhaps port, as a browser writes them into `Origin` (RFC 6454 §6.2), or `*`.
func isOrigin(_ text: String) -> Bool {
    if text == "*" { return true }
    guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
    let authority = text.dropFirst(scheme.count)
    return !authority.isEmpty && authority == authority.lowercased()
        && authority.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@\\\",".utf8.contains($0) }
}

/// A token of RFC 9110 §5.6.2: the form of methods and header names.
func isToken(_ text: String) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
}

/// The processors this process may use.
func availableProcessorCount() -> Int {
    max(1, min(256, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}

/// The candidate that differs least from a misspelt name, if it is near enough to be what was meant.
func nearestName(to name: String, among candidates: [String]) -> String? {
    let distances = candidates.map { (name: $0, distance: editDistance(name, $0)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, name.count / 4) && best.distance * 2 < name.count ? best.name : nil
}

/// How many letters must be inserted, removed or replaced to make one text of the other.
private func editDistance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (index, letter) in first.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in second.indices {
            let substitution = diagonal + (letter == second[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substitution, row[column] + 1, row[column + 1] + 1)
        }
    }
    return row[second.count]
}
