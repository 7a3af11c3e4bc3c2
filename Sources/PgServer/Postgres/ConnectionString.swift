import CLibpq

/// Connection keywords brought together into one conninfo string.
enum ConnectionString {
    /// - Parameter keywords: libpq's keywords; a later one overrides an earlier one, also what a URI in `dbname` says.
    /// - Throws: libpq's words for what it cannot read.
    static func merging(_ keywords: [(String, String)]) throws(PostgresError) -> String {
        var merged: [(keyword: String, value: String)] = []
        func set(_ keyword: String, _ value: String) {
            merged.removeAll { $0.keyword == keyword }
            merged.append((keyword, value))
        }
        for (keyword, value) in keywords {
            if keyword == "dbname", value.contains("=") || value.contains("://") {
                for (keyword, value) in try parse(value) { set(keyword, value) }
            } else {
                set(keyword, value)
            }
        }
        return merged.map { "\($0.keyword)=\(quoted($0.value))" }.joined(separator: " ")
    }

    private static func parse(_ conninfo: String) throws(PostgresError) -> [(String, String)] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(conninfo, &message) else {
            defer { PQfreemem(message) }
            throw .connection(message.map { String(cString: $0) } ?? "no memory for a connection string")
        }
        defer { PQconninfoFree(options) }
        var keywords: [(String, String)] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { keywords.append((String(cString: keyword), String(cString: value))) }
            option += 1
        }
        return keywords
    }

    private static func quoted(_ value: String) -> String {
        var quoted = "'"
        for character in value {
            if character == "'" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted + "'"
    }
}
