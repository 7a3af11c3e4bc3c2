import Foundation

/// An answer as the contract's document shows it, and how another one differs from it in shape: the names of members,
/// and whether each value is a text, a number, an object or a list. What is null in either may be anything in the other.
struct SeedExample {
    let value: Any
    /// Objects that hold what a source happens to have, such as `extras`.
    let free: Set<String>

    init(_ json: String, free: Set<String> = []) throws {
        value = try JSONSerialization.jsonObject(with: Data(json.utf8))
        self.free = free
    }

    /// - Parameter additional: Members that an answer may have besides, by their path, such as `meta.next_cursor`.
    func differences(from answer: Any, additional: Set<String> = []) -> [String] {
        Self.differences(value, answer, at: "", free: free, additional: additional)
    }

    private static func differences(
        _ wanted: Any, _ got: Any, at path: String, free: Set<String>, additional: Set<String>
    ) -> [String] {
        if wanted is NSNull || got is NSNull { return [] }
        switch (wanted, got) {
        case (let wanted as [String: Any], let got as [String: Any]):
            if let name = path.split(separator: ".").last, free.contains(String(name)) { return [] }
            func member(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
            let missing = wanted.keys.filter { got[$0] == nil }.map { "\(member($0)) is missing" }
            let more = got.keys.filter { wanted[$0] == nil && !additional.contains(member($0)) }
                .map { "\(member($0)) is more" }
            let inside = wanted.flatMap { name, value in
                got[name].map { differences(value, $0, at: member(name), free: free, additional: additional) } ?? []
            }
            return missing + more + inside
        case (let wanted as [Any], let got as [Any]):
            guard let first = wanted.first else { return [] }
            return got.flatMap { differences(first, $0, at: path, free: free, additional: additional) }
        case (is String, is String), (is NSNumber, is NSNumber): return []
        default: return ["\(path) is \(got), as \(wanted) was expected"]
        }
    }
}
