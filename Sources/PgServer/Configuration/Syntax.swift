/// How the value of a variable is written: reading it, writing it, and the words that say what is expected.
struct Syntax<Value: Sendable>: Sendable {
    /// Completes the sentence "expected …".
    let expectation: String
    let read: @Sendable (String) -> Value?
    let write: @Sendable (Value) -> String
}

extension Syntax where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Syntax {
        Syntax(
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { text in digits(text[...]).flatMap { range.contains($0) ? $0 : nil } },
            write: { String($0) })
    }

    /// A number of bytes, written `65536`, `64kB` or `1MB`; the units are powers of 1024, as PostgreSQL's are.
    static func size(_ range: ClosedRange<Int>) -> Syntax {
        let units = [("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("B", 1)]
        @Sendable func written(_ bytes: Int) -> String {
            for (unit, factor) in units where bytes >= factor && bytes % factor == 0 {
                return "\(bytes / factor)\(unit)"
            }
            return "\(bytes)B"
        }
        return Syntax(
            expectation:
                "a size from \(written(range.lowerBound)) to \(written(range.upperBound)), such as 64kB or 1MB",
            read: { text in
                let number = text.prefix { $0.isASCII && $0.isNumber }
                let unit = text.dropFirst(number.count)
                guard let count = digits(number) else { return nil }
                guard let factor = unit.isEmpty ? 1 : units.first(where: { $0.0 == unit })?.1 else { return nil }
                let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
                return !overflow && range.contains(bytes) ? bytes : nil
            },
            write: { written($0) })
    }
}

extension Syntax where Value == Duration {
    /// A length of time, written with its unit: `500ms`, `5s`, `2min`, `1h`.
    static func duration(_ range: ClosedRange<Duration>) -> Syntax {
        let units = [("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)]
        @Sendable func written(_ duration: Duration) -> String {
            let milliseconds = Int(duration / .milliseconds(1))
            for (unit, factor) in units where milliseconds >= factor && milliseconds % factor == 0 {
                return "\(milliseconds / factor)\(unit)"
            }
            return "\(milliseconds)ms"
        }
        return Syntax(
            expectation: "a duration from \(written(range.lowerBound)) to \(written(range.upperBound)), "
                + "such as 500ms, 5s or 2min",
            read: { text in
                let number = text.prefix { $0.isASCII && $0.isNumber }
                let unit = text.dropFirst(number.count)
                guard let count = digits(number), let factor = units.first(where: { $0.0 == unit })?.1 else {
                    return nil
                }
                let (milliseconds, overflow) = count.multipliedReportingOverflow(by: factor)
                guard !overflow else { return nil }
                let duration = Duration.milliseconds(milliseconds)
                return range.contains(duration) ? duration : nil
            },
            write: { written($0) })
    }
}

extension Syntax where Value == Bool {
    static var onOff: Syntax {
        Syntax(
            expectation: "on or off",
            read: { text in
                switch text.lowercased() {
                case "on", "true", "yes", "1": true
                case "off", "false", "no", "0": false
                default: nil
                }
            },
            write: { $0 ? "on" : "off" })
    }
}

extension Syntax where Value == Double {
    static var fraction: Syntax {
        Syntax(
            expectation: "a fraction from 0 to 1, such as 0.01",
            read: { text in
                guard text.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }), let value = Double(text)
                else { return nil }
                return (0...1).contains(value) ? value : nil
            },
            write: { $0 == $0.rounded() ? String(Int($0)) : String($0) })
    }
}

extension Syntax where Value == [String] {
    /// Entries separated by commas; blanks around an entry do not count.
    static func list(of entries: String, countMax: Int = 64, _ isEntry: @escaping @Sendable (String) -> Bool) -> Syntax
    {
        Syntax(
            expectation: "at most \(countMax) \(entries), separated by commas",
            read: { text in
                let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmingBlanks($0) }
                if parts == [""] { return [] }
                return parts.count <= countMax && parts.allSatisfy(isEntry) ? parts : nil
            },
            write: { $0.joined(separator: ",") })
    }
}

extension Syntax where Value == String {
    static func text(_ expectation: String, _ isValid: @escaping @Sendable (String) -> Bool) -> Syntax {
        Syntax(expectation: expectation, read: { isValid($0) ? $0 : nil }, write: { $0 })
    }
}

extension Syntax where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    static var choice: Syntax {
        Syntax(
            expectation: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            read: { Value(rawValue: $0) },
            write: { $0.rawValue })
    }
}

extension Syntax {
    /// The same syntax for a value that may be absent.
    static func optional<Wrapped>(_ syntax: Syntax<Wrapped>) -> Syntax where Value == Wrapped? {
        Syntax(
            expectation: syntax.expectation,
            read: { text in syntax.read(text).map { .some($0) } },
            write: { $0.map(syntax.write) ?? "" })
    }
}

/// A number of digits alone: no sign, no blank, nothing that overflows.
private func digits(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
}

func trimmingBlanks(_ text: some StringProtocol) -> String {
    let body = text.drop { $0 == " " || $0 == "\t" }
    let end = body.lastIndex { $0 != " " && $0 != "\t" }
    return end.map { String(body[...$0]) } ?? ""
}
