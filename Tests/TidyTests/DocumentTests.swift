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

    /// The codes that the server itself raises, as the catalog's list of them has it.
    static let internalCodes = [
        "malformed_request", "invalid", "unauthenticated", "session_ended", "invalid_credentials", "forbidden",
        "not_found", "method_not_allowed", "request_timeout", "conflict", "length_required", "too_large",
        "uri_too_long", "unsupported_media_type", "expectation_failed", "upgrade_required", "rate_limited",
        "header_too_large", "internal", "not_supported", "bad_gateway", "unavailable", "try_again", "too_slow",
        "http_version",
    ]

    @Test("explain every code that the server raises: docs/ERRORS.md", arguments: internalCodes)
    func errors(_ code: String) throws {
        let file = try #require(SourceTree.read("docs/ERRORS.md"))
        #expect(file.text.contains("`\(code)`"))
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
