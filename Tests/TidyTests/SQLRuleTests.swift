import Testing

@Suite("The SQL files")
struct SQLRuleTests {
    /// A routine as its file writes it.
    struct Routine {
        let name: String
        /// From `CREATE` to the body, or to the semicolon.
        let header: String
        let hasQuotedBody: Bool
    }

    static let definitions = SourceTree.sql.filter { !$0.path.hasPrefix("sql/schema/") }
    static let views = SourceTree.sql.filter { $0.path.hasPrefix("sql/views/bi/") }

    static func routines(in file: SourceTree.File) -> [Routine] {
        let code = withoutComments(file.text)
        return code.matches(of: /(?m)^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE) ([\w.]+)/).map { match in
            let rest = code[match.range.lowerBound...]
            let body = rest.firstMatch(of: /(?m)\bAS \$\w*\$|^\s*BEGIN ATOMIC\b|^\s*RETURN\b|;/)
            let header = rest[..<(body?.range.lowerBound ?? rest.endIndex)]
            let start = body.map { String($0.output) } ?? ""
            return Routine(name: String(match.output.1), header: String(header), hasQuotedBody: start.contains("$"))
        }
    }

    static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.firstMatch(of: /^\s*--/) == nil ? String($0) : "" }
            .joined(separator: "\n")
    }

    /// Setting it costs 13 µs a call, as much as a point read. Only who lends rights must pay that: an invoker function
    /// can do no more than its caller, and Tests/sql/api/names.sql proves that its names need no path.
    @Test("fix the search path of definer functions, and of these alone", arguments: definitions)
    func searchPath(_ file: SourceTree.File) {
        for routine in Self.routines(in: file) where routine.hasQuotedBody {
            let isDefiner = routine.header.contains("SECURITY DEFINER")
            #expect(routine.header.contains(/SET search_path\b/) == isDefiner, "\(routine.name)")
        }
    }

    @Test("write volatility, parallel safety and security even where they are the default", arguments: SourceTree.sql)
    func properties(_ file: SourceTree.File) {
        for routine in Self.routines(in: file)
        where routine.header.hasPrefix("CREATE OR REPLACE FUNCTION")
            || routine.header.hasPrefix("CREATE FUNCTION")
        {
            #expect(routine.header.contains(/\b(?:VOLATILE|STABLE|IMMUTABLE)\b/), "\(routine.name): volatility")
            #expect(
                routine.header.contains(/\bPARALLEL (?:SAFE|RESTRICTED|UNSAFE)\b/), "\(routine.name): parallel safety")
            #expect(routine.header.contains(/\bSECURITY (?:INVOKER|DEFINER)\b/), "\(routine.name): security")
        }
    }

    @Test("say of each definer function what it lends and to whom", arguments: SourceTree.sql)
    func definers(_ file: SourceTree.File) {
        guard Self.routines(in: file).contains(where: { $0.header.contains("SECURITY DEFINER") }) else { return }
        #expect(file.text.contains(/(?m)^-- Definer: +\S/), "a -- Definer: line is missing")
    }

    @Test("hold one function each, below functions", arguments: definitions)
    func oneFunction(_ file: SourceTree.File) {
        #expect(Self.routines(in: file).count <= 1)
    }

    @Test("swallow no error unread", arguments: SourceTree.sql)
    func swallowing(_ file: SourceTree.File) {
        #expect(!Self.withoutComments(file.text).contains(/(?i)EXCEPTION\s+WHEN\s+OTHERS/))
    }

    @Test("ask for the caller once a statement in a policy, never once a row", arguments: SourceTree.sql)
    func policies(_ file: SourceTree.File) {
        let code = Self.withoutComments(file.text)
        for policy in code.matches(of: /CREATE POLICY[^;]*;/) {
            let calls = policy.output.matches(of: /auth\.(?:bi_)?tenant_id\(\)/).count
            let wrapped = policy.output.matches(of: /\(SELECT auth\.(?:bi_)?tenant_id\(\)\)/).count
            #expect(calls == wrapped, "write (SELECT auth.tenant_id()): \(policy.output)")
        }
    }

    @Test("comment on every view for analysts and on each of its columns", arguments: views)
    func viewComments(_ file: SourceTree.File) throws {
        let code = Self.withoutComments(file.text)
        let words = code.replacing(/\ +/, with: " ")  // comments may stand in aligned columns
        for view in code.matches(of: /CREATE (?:OR REPLACE )?VIEW (bi\.\w+)[^;]*?\bAS\s+(SELECT[^;]*);/) {
            let name = String(view.output.1)
            #expect(words.contains("COMMENT ON VIEW \(name) IS"), "\(name) lacks a comment")
            for column in Self.columns(ofSelect: String(view.output.2)) {
                #expect(
                    words.contains("COMMENT ON COLUMN \(name).\(column) IS"), "\(name).\(column) lacks a comment")
            }
        }
    }

    /// The names of the columns of a `SELECT`: the last word of each entry of its list.
    static func columns(ofSelect select: String) -> [String] {
        var entries = [""]
        var depth = 0
        var word = ""
        let list = select.dropFirst("SELECT".count)
        scanning: for character in list {
            if character.isLetter || character == "_" {
                word.append(character)
            } else {
                if depth == 0, word.uppercased() == "FROM" {
                    entries[entries.count - 1].removeLast(word.count)
                    break scanning
                }
                word = ""
            }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { entries.append("") } else { entries[entries.count - 1].append(character) }
        }
        return entries.compactMap { $0.firstMatch(of: /(\w+)\s*$/).map { String($0.output.1) } }
    }

    @Test(
        "know the columns of a view",
        arguments: [
            ("SELECT a.x, sum(a.y) AS y, (b.z)::date AS z FROM t", ["x", "y", "z"]),
            ("SELECT\n    CASE WHEN a THEN extract(day FROM b) END AS day,\n    c.d\nFROM t", ["day", "d"]),
        ])
    func columnNames(_ select: String, _ expected: [String]) {
        #expect(Self.columns(ofSelect: select) == expected)
    }

    @Test("give each constraint its name", arguments: SourceTree.sql.filter { $0.path.hasPrefix("sql/schema/") })
    func constraintNames(_ file: SourceTree.File) {
        let code = Self.withoutComments(file.text)
        for table in code.matches(of: /(?m)^CREATE (?:UNLOGGED )?TABLE ([\w.]+) \(\n([\s\S]*?)\n\)/) {
            for line in table.output.2.split(separator: "\n") {
                #expect(
                    line.firstMatch(of: /^\s+(?:CHECK|UNIQUE|PRIMARY KEY|FOREIGN KEY|EXCLUDE)\b/) == nil
                        || code.contains(/CONSTRAINT \w+\n/),
                    "\(table.output.1): \(line)")
                #expect(
                    line.firstMatch(of: /^\s+(?!CONSTRAINT)\w+ .*\b(?:PRIMARY KEY|UNIQUE|REFERENCES)\b/) == nil,
                    "\(table.output.1): \(line)")
            }
        }
    }
}
