/// Reads the members of an effect's arguments. What is not as it should be is named in an `.invalidRequest`.
struct EffectArguments {
    private let text: [UInt8]
    private let object: JSONObject

    init(_ json: [UInt8]) throws(EffectFailure) {
        var object = JSONObject()
        guard object.readValid(json.span) else {
            throw EffectFailure(.invalidRequest, "The arguments are not a JSON object.")
        }
        text = json
        self.object = object
    }

    private init(_ text: [UInt8], object: JSONObject) {
        self.text = text
        self.object = object
    }

    /// A text; nil if it is absent or null.
    func string(_ name: String, byteCountMax: Int) throws(EffectFailure) -> String? {
        guard let value = value(name) else { return nil }
        return try string(value, name: name, byteCountMax: byteCountMax)
    }

    func requiredString(_ name: String, byteCountMax: Int) throws(EffectFailure) -> String {
        guard let text = try string(name, byteCountMax: byteCountMax) else { throw Self.fault(name, "is missing") }
        return text
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(EffectFailure) -> Int? {
        guard let value = value(name) else { return nil }
        guard value.kind == .number, let number = Int(String(decoding: text[value.range], as: UTF8.self)),
            range.contains(number)
        else { throw Self.fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)") }
        return number
    }

    /// A list of texts; nil if it is absent or null.
    func strings(_ name: String, countMax: Int, byteCountMax: Int) throws(EffectFailure) -> [String]? {
        guard let value = value(name) else { return nil }
        guard value.kind == .array else { throw Self.fault(name, "must be a list of texts") }
        var strings: [String] = []
        var elements = JSONElements(of: value)
        while let element = elements.next(in: text.span) {
            guard strings.count < countMax else { throw Self.fault(name, "has more than \(countMax) elements") }
            strings.append(try string(element, name: name, byteCountMax: byteCountMax))
        }
        return strings
    }

    /// The members of an object of texts, in their order. None if it is absent or null.
    func pairs(
        _ name: String, countMax: Int, byteCountMax: Int
    ) throws(EffectFailure) -> [(name: String, value: String)] {
        guard let value = value(name) else { return [] }
        let inner = Array(text[value.range])
        var object = JSONObject()
        guard object.readValid(inner.span) else { throw Self.fault(name, "must be an object of texts") }
        guard object.members.count <= countMax else { throw Self.fault(name, "has more than \(countMax) members") }
        let arguments = EffectArguments(inner, object: object)
        var pairs: [(name: String, value: String)] = []
        for member in object.members {
            let key = String(decoding: object.names[member.name], as: UTF8.self)
            let text = try arguments.string(member.value, name: "\(name).\(key)", byteCountMax: byteCountMax)
            pairs.append((key, text))
        }
        return pairs
    }

    static func fault(_ name: String, _ complaint: String) -> EffectFailure {
        EffectFailure(.invalidRequest, "The argument \(name) \(complaint).")
    }

    private func value(_ name: String) -> JSONValue? {
        let member = object.members.last { object.names[$0.name].elementsEqual(name.utf8) }
        return member.flatMap { $0.value.kind == .null ? nil : $0.value }
    }

    private func string(_ value: JSONValue, name: String, byteCountMax: Int) throws(EffectFailure) -> String {
        guard value.kind == .string else { throw Self.fault(name, "must be a text") }
        var bytes: [UInt8] = []
        value.appendString(of: text.span, to: &bytes)
        guard bytes.count <= byteCountMax else { throw Self.fault(name, "is longer than \(byteCountMax) bytes") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
