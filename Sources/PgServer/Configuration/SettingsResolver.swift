/// Brings together the settings of the catalog and the environment, which wins.
struct SettingsResolver {
    /// One row of `api.catalog_settings()`.
    struct Row: Equatable, Sendable {
        var name: String
        /// The variable that overrides the row; empty if none may.
        var environment: String
        /// `boolean`, `integer` or `text`.
        var type: String
        /// What the database says, as text.
        var value: String?
    }

    struct Resolution: Equatable, Sendable {
        /// JSON object of every setting's value, the environment's before the database's.
        var resolved = "{}"
        /// JSON object of those settings alone that the environment decides.
        var overrides = "{}"
        /// A sentence for each value that is not of its setting's type.
        var faults: [String] = []
    }

    static func resolve(_ rows: [Row], environment: (String) -> String?) -> Resolution {
        var resolution = Resolution()
        var resolved: [String] = []
        var overrides: [String] = []
        for row in rows.sorted(by: { $0.name < $1.name }) {
            let override = row.environment.isEmpty ? nil : environment(row.environment)
            guard let text = override ?? row.value else {
                resolved.append("\(jsonString(row.name)):null")
                continue
            }
            guard let value = json(text, type: row.type) else {
                let place = override == nil ? "setting \(row.name)" : row.environment
                resolution.faults.append("\(place): '\(text)' is not valid; expected \(expectation(of: row.type)).")
                continue
            }
            let member = "\(jsonString(row.name)):\(value)"
            resolved.append(member)
            if override != nil { overrides.append(member) }
        }
        resolution.resolved = "{\(resolved.joined(separator: ","))}"
        resolution.overrides = "{\(overrides.joined(separator: ","))}"
        return resolution
    }

    private static func json(_ text: String, type: String) -> String? {
        switch type {
        case "boolean": Syntax<Bool>.onOff.read(text).map { $0 ? "true" : "false" }
        case "integer": Int(text).flatMap { text.hasPrefix("+") ? nil : String($0) }
        case "text": jsonString(text)
        default: nil
        }
    }

    private static func expectation(of type: String) -> String {
        switch type {
        case "boolean": "true or false"
        case "integer": "a whole number"
        default: "a setting of type boolean, integer or text, not \(type)"
        }
    }

    /// A JSON string (RFC 8259 §7).
    private static func jsonString(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\u{0}"..."\u{1F}":
                let code = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
