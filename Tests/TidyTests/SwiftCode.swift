/// Swift source with comments and the contents of strings blanked out, so that a rule about code reads code alone.
///
/// Lines and columns stay where they are. Code inside an interpolation is blanked out with its string.
struct SwiftCode {
    let text: String

    init(_ source: String) {
        var scanner = Scanner(source)
        text = scanner.scan()
    }

    private struct Scanner {
        let input: [Character]
        var index = 0
        var output: [Character] = []

        init(_ source: String) { input = Array(source) }

        mutating func scan() -> String {
            while index < input.count {
                if starts("//") {
                    blank { $0 == "\n" }
                } else if starts("/*") {
                    blankComment()
                } else if let quote = openingQuote() {
                    blankString(quote)
                } else {
                    output.append(input[index])
                    index += 1
                }
            }
            return String(output)
        }

        func starts(_ text: String) -> Bool { input[index...].starts(with: text) }

        mutating func skip(_ count: Int) {
            for _ in 0..<count where index < input.count {
                output.append(input[index] == "\n" ? "\n" : " ")
                index += 1
            }
        }

        mutating func blank(until isEnd: (Character) -> Bool) {
            while index < input.count, !isEnd(input[index]) { skip(1) }
        }

        mutating func blankComment() {
            var depth = 0
            repeat {
                if starts("/*") { depth += 1; skip(2) } else if starts("*/") { depth -= 1; skip(2) } else { skip(1) }
            } while depth > 0 && index < input.count
        }

        /// The number of `#` and of quotation marks that open a string here; `nil` if none does.
        func openingQuote() -> (hashes: Int, marks: Int)? {
            let hashes = input[index...].prefix { $0 == "#" }.count
            let rest = input[(index + hashes)...]
            guard rest.first == "\"" else { return nil }
            return (hashes, rest.starts(with: "\"\"\"") ? 3 : 1)
        }

        mutating func blankString(_ quote: (hashes: Int, marks: Int)) {
            let hashes = String(repeating: "#", count: quote.hashes)
            let end = String(repeating: "\"", count: quote.marks) + hashes
            skip(quote.hashes + quote.marks)
            while index < input.count, !starts(end) {
                if starts("\\" + hashes + "(") {
                    blankInterpolation(quote.hashes + 1)
                } else {
                    skip(starts("\\" + hashes) ? quote.hashes + 2 : 1)
                }
            }
            skip(end.count)
        }

        mutating func blankInterpolation(_ prefixCount: Int) {
            skip(prefixCount)
            var depth = 0
            repeat {
                if starts("(") { depth += 1 }
                if starts(")") { depth -= 1 }
                if let quote = openingQuote() { blankString(quote) } else { skip(1) }
            } while depth > 0 && index < input.count
        }
    }
}
