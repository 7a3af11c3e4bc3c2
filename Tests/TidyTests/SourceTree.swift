import Foundation
import Testing

/// The files of the project, as the rules of the house read them.
enum SourceTree {
    static let root = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")  // Tests/TidyTests/SourceTree.swift
    }()

    struct File: Sendable, CustomTestStringConvertible {
        /// Relative to the root.
        let path: String
        let text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
        var testDescription: String { path }

        /// The name of the room below `Sources/PgServer`; `nil` for a file that is in none.
        var room: String? {
            let parts = path.split(separator: "/")
            return parts.count > 3 && path.hasPrefix("Sources/PgServer/") ? String(parts[2]) : nil
        }
    }

    static let swift = files(below: ["Sources", "Tests"], suffix: ".swift")
    static let sources = swift.filter { $0.path.hasPrefix("Sources/") }
    static let sql = files(below: ["sql"], suffix: ".sql")
    static let everything =
        files(below: ["Sources", "Tests", "sql", "deploy", "docs", "bench", ".ci"], suffix: "")
        + ["Package.swift", "Makefile", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"].compactMap { read($0) }

    static func read(_ path: String) -> File? {
        FileManager.default.contents(atPath: "\(root)/\(path)")
            .flatMap { String(data: $0, encoding: .utf8) }
            .map { File(path: path, text: $0) }
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }

    private static func files(below folders: [String], suffix: String) -> [File] {
        folders.flatMap { folder in
            let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
            return names.filter { $0.hasSuffix(suffix) }.sorted().compactMap { read("\(folder)/\($0)") }
        }
    }
}
