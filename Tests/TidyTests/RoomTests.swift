import Testing

/// The rooms of `Sources/PgServer`, inside out: a room uses only those above it, and imports only what is listed.
@Suite("The rooms")
struct RoomTests {
    static let rooms: [(name: String, imports: Set<String>)] = [
        ("Problem", []),
        ("HTTP", []),
        ("WebSocket", []),
        ("Routing", []),
        ("Binding", []),
        ("Auth", ["Foundation", "COpenSSL"]),
        ("Admission", ["Glibc"]),
        ("Configuration", ["Foundation", "Glibc"]),
        ("Reactor", ["CLinux", "COpenSSL", "Foundation", "Glibc"]),
        ("Postgres", ["CLibpq", "CLinux", "Glibc"]),
        ("Relay", []),
        ("Worker", ["CLinux", "COpenSSL", "Glibc"]),
        ("Server", ["CLinux", "Foundation", "Glibc"]),
        ("Command", ["Glibc"]),
    ]
    /// Any room may import these.
    static let common: Set<String> = ["Synchronization"]

    static let files = SourceTree.sources.filter { $0.path.hasPrefix("Sources/PgServer/") }

    @Test("import only what the table allows them", arguments: files)
    func imports(_ file: SourceTree.File) throws {
        guard let room = file.room else { return }
        let allowed = try #require(Self.rooms.first { $0.name == room }, "\(room) is not in the table of rooms").imports
        let imported = SwiftCode(file.text).text.matches(
            of: /(?m)^\s*(?:@\w+ )?(?:(?:public|package|internal) )?import (?:struct |func |class )?(\w+)/
        )
        .map { String($0.output.1) }
        #expect(Set(imported).subtracting(allowed).subtracting(Self.common) == [])
    }

    @Test("use only types of the rooms above them", arguments: files)
    func order(_ file: SourceTree.File) throws {
        guard let room = file.room, let position = Self.rooms.firstIndex(where: { $0.name == room }) else { return }
        let code = SwiftCode(file.text).text
        for lower in Self.rooms[(position + 1)...] {
            let names = Self.declaredNames[lower.name] ?? []
            let used = Set(code.matches(of: /(?:^|[^.\w])([A-Z]\w+)/).map { String($0.output.1) }).intersection(names)
            #expect(used.isEmpty, "\(file.path) uses \(used.sorted().joined(separator: ", ")) of \(lower.name)/")
        }
    }

    /// The top-level types of each room whose names no other room declares at any depth.
    static let declaredNames: [String: Set<String>] = {
        var topLevel: [String: Set<String>] = [:]
        var roomsOfName: [String: Set<String>] = [:]
        for file in files {
            guard let room = file.room else { continue }
            let code = SwiftCode(file.text).text
            let declaration =
                /(?m)^( *)(?:(?:package|public|final|indirect|private|fileprivate) )*(?:struct|class|enum|protocol|actor|typealias) (\w+)/
            for match in code.matches(of: declaration) {
                let name = String(match.output.2)
                roomsOfName[name, default: []].insert(room)
                if match.output.1.isEmpty { topLevel[room, default: []].insert(name) }
            }
        }
        return topLevel.mapValues { $0.filter { roomsOfName[$0]?.count == 1 } }
    }()

    @Test("have no file for what belongs nowhere", arguments: SourceTree.swift)
    func names(_ file: SourceTree.File) {
        for word in ["Utils", "Common", "Helper", "Manager"] {
            #expect(!file.path.contains(word), "a helper lives beside its user")
        }
    }

    @Test("hold no file outside them but the version")
    func outside() {
        #expect(Self.files.filter { $0.room == nil }.map(\.name) == ["Version.swift"])
    }
}
