import Testing

@testable import PgServer

/// docs/ERRORS.md against the code that raises: the server's own codes, the dialects, and the headers of sql/**.
@Suite("The document of errors")
struct ErrorDocumentTests {
    static let document = SourceTree.read("docs/ERRORS.md")?.text ?? ""

    /// The cells of each row below a heading, without its two header lines.
    static func rows(below heading: String) -> [[String]] {
        guard let start = document.firstRange(of: "\n## \(heading)\n") else { return [] }
        let rest = document[start.upperBound...]
        let section = rest[..<(rest.firstRange(of: "\n## ")?.lowerBound ?? rest.endIndex)]
        return section.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map { cell in
                String(cell.trimmingPrefix(/\s+/).replacing(/\s+$/, with: ""))
            }
        }
    }

    static func name(_ cell: String) -> String { cell.replacing("`", with: "") }

    @Test("has a row for each code of the server, in its order, with its status")
    func serverCodes() {
        let rows = Self.rows(below: "Codes of the server")
        let expected = ProblemCode.allCases.map { "\($0.rawValue) \($0.status)" }
        #expect(rows.map { Self.name($0[0]) + " " + $0[1] } == expected)
    }

    // MARK: What each contract shows

    static let dialects = [
        ("server", "sql/functions/api/server_dialect.sql"), ("autonomos", "sql/functions/autonomos/dialect.sql"),
        ("etl", "sql/functions/etl/dialect.sql"), ("auterity", "sql/functions/auterity/dialect.sql"),
        ("autopack", "sql/functions/autopack/dialect.sql"), ("orchestrator", "sql/functions/orchestrator/dialect.sql"),
    ]

    @Test("shows what each contract prints, as its dialect's file declares it")
    func contracts() throws {
        var cells: [String: [String]] = [:]
        for (name, path) in Self.dialects {
            let file = try #require(SourceTree.read(path), "the dialect \(name) has no file")
            for row in file.text.matches(of: /'\{\s*(\w+),\s*(\d+),\s*(\w+),/) {
                let code = row.output.3 == "NULL" ? "" : " `\(row.output.3)`"
                cells[String(row.output.1), default: []].append("\(row.output.2)\(code)")
            }
        }
        let expected = ProblemCode.allCases.map { ["`\($0.rawValue)`"] + (cells[$0.rawValue] ?? []) }
        #expect(Self.rows(below: "What each contract shows") == expected)
    }

    // MARK: What functions raise

    struct Raised: Hashable, CustomStringConvertible {
        /// `PTnnn`, or the SQLSTATE of a constraint.
        var state: String
        var code: String
        var description: String { "\(state) \(code)" }
    }

    /// What the `Errors:` lines of a header say. A SQLSTATE without a code is explained in prose.
    static func raised(in file: SourceTree.File) -> [Raised] {
        var raised: [Raised] = []
        var isInside = false
        for line in file.lines {
            isInside = line.hasPrefix("-- Errors:") || (isInside && line.firstMatch(of: /^-- {6,}\S/) != nil)
            let entry = /^-- (?:Errors:)? *(PT\d{3}|23[0-9P]\d\d?) +([a-z_*]+)(?: |$)/
            guard isInside, let match = line.firstMatch(of: entry) else { continue }
            raised.append(Raised(state: String(match.output.1), code: String(match.output.2)))
        }
        return raised
    }

    static let allRaised = Set(SourceTree.sql.flatMap(raised))

    @Test("has a row for every code that the headers of sql/ name")
    func complete() {
        let codes = Set(
            ["Codes that functions raise", "Codes that stop a deployment"].flatMap(Self.rows).map { Self.name($0[0]) })
        #expect(Set(Self.allRaised.map(\.code)).subtracting(codes) == [])
    }

    @Test("has no row for a code that no header names")
    func current() {
        let codes = Set(Self.allRaised.map(\.code))
        for row in ["Codes that functions raise", "Codes that stop a deployment"].flatMap(Self.rows) {
            #expect(codes.contains(Self.name(row[0])), "nothing raises \(row[0])")
        }
    }

    static func status(of state: String) -> String {
        switch state {
        case "23502", "23514": "422"
        case _ where state.hasPrefix("23"): "409"
        default: String(state.dropFirst("PT".count))
        }
    }

    @Test("gives each raised code the status of its SQLSTATE")
    func statuses() {
        for row in Self.rows(below: "Codes that functions raise") {
            let states = Self.allRaised.filter { $0.code == Self.name(row[0]) }.map(\.state)
            #expect(Set(states.map(Self.status(of:))) == [row[1]], "\(row[0])")
        }
        for row in Self.rows(below: "Codes that stop a deployment") {
            #expect(Self.allRaised.contains(Raised(state: row[1], code: Self.name(row[0]))), "\(row[0])")
        }
    }

    @Test("reads the headers", arguments: SourceTree.sql)
    func headers(_ file: SourceTree.File) {
        for (index, line) in file.lines.enumerated() where line.firstMatch(of: /api\.fail\(\s*'/) != nil {
            let code = line.firstMatch(of: /api\.fail\(\s*'([a-z_]+)'/).map { String($0.output.1) } ?? ""
            let isNamed = Self.raised(in: file).contains { $0.code == code }
            #expect(isNamed, "\(file.path):\(index + 1): the header does not name \(code)")
        }
    }
}
