import Testing

@testable import PgServer

@Suite("The documents")
struct DocumentTests {
    @Test(
        "exist",
        arguments: [
            "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/OPERATING.md", "docs/ERRORS.md",
            "docs/ARCHITECTURE.md",
        ])
    func exist(_ path: String) throws {
        let file = try #require(SourceTree.read(path), "\(path) is missing")
        #expect(file.text.hasPrefix("# "))
    }

    @Test("show the table of options as the server knows it: docs/OPERATING.md")
    func options() throws {
        let file = try #require(SourceTree.read("docs/OPERATING.md"))
        let written = file.lines.filter { $0.hasPrefix("| `PGSERVER_") }.map(String.init)
        let expected = Configuration.options.map { option in
            let fallback = option.defaultText.isEmpty ? "" : "`\(option.defaultText)`"
            return "| `\(option.name)` | \(option.expectation) | \(fallback) | \(option.summary) |"
        }
        #expect(written == expected, "the table should be:\n\(expected.joined(separator: "\n"))")
    }

    @Test("show the table of settings as SQL declares them: docs/OPERATING.md")
    func settings() throws {
        let file = try #require(SourceTree.read("docs/OPERATING.md"))
        let declaration =
            /core\.declare_setting\('([\w.]+)', '(\w+)', '(\w+)', (?:'([^']*)'|NULL),\s*'([^']*)'/
        var expected: [String] = []
        for sql in SourceTree.sql {
            for match in sql.text.matches(of: declaration) {
                let (name, variable, type, value, summary) =
                    (match.output.1, match.output.2, match.output.3, match.output.4 ?? "", match.output.5)
                let fallback = value.isEmpty ? "" : "`\(value)`"
                expected.append("| `\(name)` | `\(variable)` | \(type) | \(fallback) | \(summary) |")
            }
        }
        let written = file.lines.filter { $0.contains(/^\| `[a-z0-9_]+\.[a-z0-9_]+` \|/) }.map(String.init)
        #expect(written == expected.sorted(), "the table should be:\n\(expected.sorted().joined(separator: "\n"))")
    }

    @Test("explain every metric: docs/OPERATING.md")
    func metrics() throws {
        let file = try #require(SourceTree.read("docs/OPERATING.md"))
        let source = try #require(SourceTree.read("Sources/PgServer/Server/MetricsText.swift"))
        let written = file.text.matches(of: /\| `((?:http|pgserver)_\w+)` \|/).map { String($0.output.1) }
        let names = Set(source.text.matches(of: /"((?:http|pgserver)_\w+)"/).map { String($0.output.1) })
        #expect(Set(written) == names)
        #expect(written.count == names.count)
    }

    @Test("explain every field of the log: docs/OPERATING.md")
    func logFields() throws {
        let file = try #require(SourceTree.read("docs/OPERATING.md"))
        let source = try #require(SourceTree.read("Sources/PgServer/Server/AccessLog.swift"))
        let section = try #require(file.text.firstMatch(of: /\n### Log\n([\s\S]*?)\n##?\s/)).output.1
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let written = rows.flatMap { row in
            (row.split(separator: "|").first ?? "").matches(of: /`(\w+)`/).map { String($0.output.1) }
        }
        let names = Set(source.text.matches(of: /[{,]\\"(\w+)\\":/).map { String($0.output.1) })
        #expect(Set(written) == names)
    }

    @Test("link only to files that are there", arguments: SourceTree.everything.filter { $0.path.hasSuffix(".md") })
    func links(_ file: SourceTree.File) {
        let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
        for match in file.text.matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
            let target = [folder, String(match.output.1)].filter { !$0.isEmpty }.joined(separator: "/")
            #expect(SourceTree.exists(target), "\(file.path) links to \(match.output.1)")
        }
    }
}
