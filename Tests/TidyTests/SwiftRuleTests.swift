import Testing

@Suite("Swift code of the server")
struct SwiftRuleTests {
    /// Where the compiler's checks of concurrency are switched off. Each place has a `// Safety:` line above it.
    static let uncheckedPlaces: Set = [
        "Sources/PgServer/Auth/Digest.swift",
        "Sources/PgServer/Auth/EVPKey.swift",
        "Sources/PgServer/Auth/HMACKey.swift",
        "Sources/PgServer/Postgres/Cancellation.swift",
        "Sources/PgServer/Reactor/ServerTLS.swift",
        "Sources/PgServer/Worker/Network/TLSContext.swift",
    ]

    /// Where a wait is no wait of a reactor: a thread of its own, or a call told not to look anything up.
    static let waitingPlaces: Set = [
        "Sources/PgServer/Reactor/Socket.swift",  // getaddrinfo with AI_NUMERICHOST, at the start
        "Sources/PgServer/Server/Control.swift",  // the control thread pauses before it connects again
        "Sources/PgServer/Server/JobListener.swift",  // and so does the thread that hears of jobs
    ]

    private func expectNone(_ pattern: some RegexComponent, in file: SourceTree.File, _ reason: String) {
        let code = SwiftCode(file.text).text
        for (index, line) in code.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let isFree = line.firstMatch(of: pattern) == nil  // a name keeps the whole file out of the message
            #expect(isFree, "\(file.path):\(index + 1): \(reason)")
        }
    }

    @Test("takes nothing by force and drops no error", arguments: SourceTree.sources)
    func force(_ file: SourceTree.File) {
        expectNone(/\btry[!?]|\bas!/, in: file, "write the guard and say why the value may be given up")
        expectNone(/[\w)\]}>]!(?![=\w])/, in: file, "write the guard instead of forcing")
    }

    @Test("says what it throws", arguments: SourceTree.sources)
    func throwing(_ file: SourceTree.File) {
        expectNone(/\b(?:re)?throws\b(?!\()/, in: file, "name the error: throws(RoomError)")
    }

    @Test(
        "waits for nothing on the request path",
        arguments: SourceTree.sources.filter {
            ["HTTP", "WebSocket", "Routing", "Binding", "Auth", "Admission", "Reactor", "Server"].contains(
                $0.room ?? "") && !waitingPlaces.contains($0.path)
        })
    func blocking(_ file: SourceTree.File) {
        expectNone(
            /\bPQexec\w*\(|\bgetaddrinfo\(|\bu?sleep\(|\bnanosleep\(|\bawait\b|\bTask\s*[{.(]/, in: file,
            "a turn of a reactor may not wait")
    }

    @Test("switches off the checks of concurrency only where it is listed, and says why it is safe")
    func unchecked() {
        var places: Set<String> = []
        for file in SourceTree.sources {
            let code = SwiftCode(file.text).text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in code.enumerated() where line.contains(/@unchecked Sendable|nonisolated\(unsafe\)/) {
                places.insert(file.path)
                let around = file.lines[max(0, index - 3)..<min(index + 2, file.lines.count)]
                #expect(
                    around.contains { $0.contains("// Safety:") }, "\(file.path):\(index + 1) lacks a // Safety: line")
            }
        }
        #expect(places == Self.uncheckedPlaces.filter { SourceTree.exists($0) })
    }

    @Test("leaves nothing for later without naming the issue", arguments: SourceTree.swift + SourceTree.sql)
    func later(_ file: SourceTree.File) {
        guard !file.path.hasPrefix("Tests/TidyTests/") else { return }
        for (index, line) in file.lines.enumerated() where line.contains(/\b(?:TODO|FIXME|XXX)\b/) {
            #expect(line.contains(/#\d+/), "\(file.path):\(index + 1): name the issue")
        }
    }
}

@Suite("Every text of the project")
struct TextTests {
    @Test("names no path of somebody's machine", arguments: SourceTree.everything)
    func paths(_ file: SourceTree.File) {
        for (index, line) in file.lines.enumerated() {
            let isFree = line.firstMatch(of: /(?:^|[^\w.~$}-])\/(?:home|Users|root|work|tmp|private)\/\w/) == nil
            #expect(isFree, "\(file.path):\(index + 1): \(line)")
        }
    }

    @Test("ends with a line break and has no blanks at the ends of lines", arguments: SourceTree.everything)
    func blanks(_ file: SourceTree.File) {
        #expect(file.text.isEmpty || file.text.hasSuffix("\n"))
        for (index, line) in file.lines.enumerated() where line.hasSuffix(" ") || line.hasSuffix("\t") {
            Issue.record("\(file.path):\(index + 1) ends with a blank")
        }
    }
}

@Suite("The reader of Swift code")
struct SwiftCodeTests {
    @Test(
        "blanks out comments and strings, and nothing else",
        arguments: [
            ("let a = b! // c!", "let a = b!"),
            ("let a = \"b!\"", "let a ="),
            ("let a = \"\\(f(\"!\"))!\" + c!", "let a =              + c!"),
            ("let a = #\"\"!\"# + b!", "let a =        + b!"),
            ("/* a! /* b! */ c! */ d!", "                     d!"),
            ("let a = \"\"\"\n  b!\n  \"\"\" + c!", "let a =\n\n      + c!"),
        ])
    func blanks(_ source: String, _ expected: String) {
        let lines = SwiftCode(source).text.split(separator: "\n", omittingEmptySubsequences: false)
        let trimmed = lines.map { line in line.lastIndex { $0 != " " }.map { String(line[...$0]) } ?? "" }
        #expect(trimmed.joined(separator: "\n") == expected)
    }
}
