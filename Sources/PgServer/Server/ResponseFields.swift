/// Header fields that SQL or a dialect adds to a response.
struct ResponseFields {
    private var fields: [(name: [UInt8], value: [UInt8])] = []

    /// Most fields one reply may set.
    static let countMax = 32

    var indices: Range<Int> { fields.indices }
    func name(_ index: Int) -> [UInt8] { fields[index].name }
    func value(_ index: Int) -> [UInt8] { fields[index].value }

    mutating func append(name: [UInt8], value: [UInt8]) { fields.append((name, value)) }

    mutating func append(_ name: String, _ value: String) {
        if !contains(name.lowercased()) { append(name: Array(name.utf8), value: Array(value.utf8)) }
    }

    /// Adds the members of a JSON object; a value that is an array of strings gives one field for each.
    mutating func append(json: [UInt8]) throws(Problem) {
        var object = JSONObject()
        guard object.readValid(json.span) else { throw Problem(.internal) }
        for member in object.members {
            let name = Array(object.names[member.name])
            switch member.value.kind {
            case .null: continue
            case .array:
                var elements = JSONElements(of: member.value)
                while let element = elements.next(in: json.span) { try append(name, element, json) }
            default: try append(name, member.value, json)
            }
        }
    }

    private mutating func append(_ name: [UInt8], _ value: JSONValue, _ json: [UInt8]) throws(Problem) {
        guard fields.count < Self.countMax else { throw Problem(.internal) }
        var text: [UInt8] = []
        switch value.kind {
        case .string: value.appendString(of: json.span, to: &text)
        case .number, .boolean: text += json[value.range]
        case .object, .array, .null: throw Problem(.internal)
        }
        append(name: name, value: text)
    }

    /// - Parameter name: without capitals.
    func contains(_ name: String) -> Bool { value(of: name) != nil }

    func value(of name: String) -> [UInt8]? {
        fields.first { field in
            field.name.count == name.utf8.count
                && zip(field.name, name.utf8).allSatisfy { (0x41...0x5A).contains($0) ? $0 | 0x20 == $1 : $0 == $1 }
        }?.value
    }
}
