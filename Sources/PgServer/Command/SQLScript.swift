/// The statements of a script, told apart well enough to name the line of the one that failed.
///
/// PostgreSQL itself parses the script; nothing is executed by what is found here. The rules are psql's: strings, quoted
/// names, dollar quotes, nested comments, parentheses, and the body of `CREATE FUNCTION … BEGIN ATOMIC … END`.
struct SQLScript {
    struct Statement: Equatable {
        /// Line of the first word, from 1.
        var line: Int
        /// The first word, in lower case.
        var keyword: String
    }

    let statements: [Statement]

    init(_ text: String) {
        var scanner = Scanner(text)
        statements = scanner.scan()
    }

    /// The first statement that would begin or end a transaction.
    var transactionControl: Statement? {
        statements.first {
            ["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"].contains($0.keyword)
        }
    }

    /// The line an error speaks of: where PostgreSQL saw the fault, else where the failed statement begins.
    static func line(of error: PostgresError, in text: String) -> Int {
        if let position = error.position {
            return 1 + text.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
        }
        let statements = SQLScript(text).statements
        guard statements.indices.contains(error.completedStatementCount) else { return statements.last?.line ?? 1 }
        return statements[error.completedStatementCount].line
    }
}

private struct Scanner {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    private var statements: [SQLScript.Statement] = []
    private var current: SQLScript.Statement?
    private var wordCount = 0
    private var isCreate = false
    private var isRoutine = false
    private var parenthesisDepth = 0
    private var blockDepth = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func scan() -> [SQLScript.Statement] {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "-") where peek(1) == byte: skipLine()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: "'"): skipQuoted(byte, escapes: false)
            case UInt8(ascii: "\""): skipQuoted(byte, escapes: false)
            case UInt8(ascii: "$"): skipDollarQuote()
            case UInt8(ascii: ";"): endStatement()
            case UInt8(ascii: "("): open()
            case UInt8(ascii: ")"): close()
            case _ where isWordStart(byte): takeWord()
            case 0x20, 0x09, 0x0A, 0x0D: advance()
            default:
                begin("")
                advance()
            }
        }
        if let current { statements.append(current) }
        return statements
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    private mutating func advance() {
        if peek() == 0x0A { line += 1 }
        index += 1
    }

    private mutating func begin(_ keyword: String) {
        if current == nil { current = SQLScript.Statement(line: line, keyword: keyword) }
    }

    private mutating func endStatement() {
        advance()
        guard parenthesisDepth == 0, blockDepth == 0 else { return }
        if let current { statements.append(current) }
        current = nil
        wordCount = 0
        isCreate = false
        isRoutine = false
    }

    private mutating func open() {
        begin("")
        parenthesisDepth += 1
        advance()
    }

    private mutating func close() {
        parenthesisDepth = max(0, parenthesisDepth - 1)
        advance()
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != 0x0A { advance() }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                advance()
            } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                advance()
            }
            advance()
        } while depth > 0 && peek() != nil
    }

    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
        begin("")
        advance()
        while let byte = peek() {
            advance()
            if escapes, byte == UInt8(ascii: "\\") { advance() }
            if byte == quote { return }  // a doubled quote begins the next string at once, with the same outcome
        }
    }

    private mutating func skipDollarQuote() {
        begin("")
        var end = index + 1
        while end < bytes.count, isWordStart(bytes[end]) || isDigit(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$"), end == index + 1 || !isDigit(bytes[index + 1]) else {
            return advance()  // a parameter such as $1
        }
        let tag = Array(bytes[index...end])
        for _ in tag { advance() }
        while peek() != nil {
            if bytes[index...].starts(with: tag) {
                for _ in tag { advance() }
                return
            }
            advance()
        }
    }

    private mutating func takeWord() {
        let start = index
        while let byte = peek(), isWordStart(byte) || isDigit(byte) || byte == UInt8(ascii: "$") { advance() }
        let word = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
        if word == "e", peek() == UInt8(ascii: "'") {
            begin(word)
            return skipQuoted(UInt8(ascii: "'"), escapes: true)
        }
        begin(word)
        follow(word)
    }

    /// Counts the blocks of a routine whose body is `BEGIN ATOMIC`, whose semicolons end no statement.
    private mutating func follow(_ word: String) {
        wordCount += 1
        if wordCount == 1 { isCreate = word == "create" }
        if isCreate, wordCount <= 4, word == "function" || word == "procedure" { isRoutine = true }
        guard isRoutine, parenthesisDepth == 0 else { return }
        switch word {
        case "begin": blockDepth += 1
        case "case" where blockDepth > 0: blockDepth += 1
        case "end" where blockDepth > 0: blockDepth -= 1
        default: break
        }
    }

    private func isWordStart(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
