/// The names a template may use.
protocol TemplateSlot: RawRepresentable<String>, Equatable, Sendable {}

/// How slots are written: as JSON values, or bare, as in a header.
enum TemplateForm: Equatable, Sendable { case json, bare }

/// A text with slots `${name}`, and sections `[[name:…]]` which appear only if their slot has a value.
///
/// Square brackets that are not a section must be balanced, which is what tells the `]` of a JSON array from the `]]`
/// that ends a section: `[[faults:"details":[${faults}]]]`.
struct Template<Slot: TemplateSlot>: Sendable {
    private enum Part: Sendable {
        case literal([UInt8])
        case slot(Slot)
        /// The next `count` parts are inside.
        case section(Slot, count: Int)
    }

    private var parts: [Part] = []

    /// - Throws: for a name that is no slot, and for brackets or braces without their other half.
    init(parsing text: String) throws(TemplateError) {
        let bytes = Array(text.utf8)
        var literal: [UInt8] = []
        var sections: [(part: Int, brackets: Int)] = []  // open sections, and the brackets open around each
        var brackets = 0
        var position = 0
        func starts(_ prefix: StaticString) -> Bool {
            position + 1 < bytes.count && bytes[position] == prefix.utf8Start[0]
                && bytes[position + 1] == prefix.utf8Start[1]
        }
        func flush() {
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal.removeAll()
        }
        while position < bytes.count {
            if starts("${") {
                guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else { throw .unbalanced }
                flush()
                parts.append(.slot(try Self.slot(bytes[(position + 2)..<end])))
                position = end + 1
            } else if starts("[["), let end = Self.sectionNameEnd(in: bytes, from: position + 2) {
                flush()
                sections.append((parts.count, brackets))
                parts.append(.section(try Self.slot(bytes[(position + 2)..<end]), count: 0))
                brackets = 0
                position = end + 1
            } else if starts("]]"), brackets == 0, let open = sections.popLast() {
                flush()
                if case .section(let slot, _) = parts[open.part] {
                    parts[open.part] = .section(slot, count: parts.count - open.part - 1)
                }
                brackets = open.brackets
                position += 2
            } else {
                if bytes[position] == UInt8(ascii: "[") { brackets += 1 }
                if bytes[position] == UInt8(ascii: "]") { brackets -= 1 }
                guard brackets >= 0 else { throw .unbalanced }
                literal.append(bytes[position])
                position += 1
            }
        }
        guard sections.isEmpty, brackets == 0 else { throw .unbalanced }
        flush()
    }

    /// Appends the text, asking for the value of each slot as it comes.
    func write(into out: inout [UInt8], as form: TemplateForm = .json, _ value: (Slot) -> SlotValue) {
        var index = 0
        while index < parts.count {
            switch parts[index] {
            case .literal(let bytes): out.append(contentsOf: bytes)
            case .slot(let slot): value(slot).append(as: form, to: &out)
            case .section(let slot, let count): if value(slot).isAbsent { index += count }
            }
            index += 1
        }
    }

    /// Whether the template is nothing but this one slot.
    func isOnly(_ slot: Slot) -> Bool {
        if parts.count == 1, case .slot(slot) = parts[0] { true } else { false }
    }

    func uses(_ slot: Slot) -> Bool {
        parts.contains { if case .slot(slot) = $0 { true } else { false } }
    }

    /// All fixed bytes, one stretch after the other.
    var literalBytes: [UInt8] {
        parts.flatMap { if case .literal(let bytes) = $0 { bytes } else { [UInt8]() } }
    }

    private static func slot(_ name: ArraySlice<UInt8>) throws(TemplateError) -> Slot {
        let name = String(decoding: name, as: UTF8.self)
        guard let slot = Slot(rawValue: name) else { throw .unknownSlot(name) }
        return slot
    }

    /// Where the name of `[[name:` ends, or nil if the two brackets are only brackets.
    private static func sectionNameEnd(in bytes: [UInt8], from start: Int) -> Int? {
        var end = start
        while end < bytes.count, bytes[end] == UInt8(ascii: "_") || (97...122).contains(bytes[end]) { end += 1 }  // a…z
        return end > start && end < bytes.count && bytes[end] == UInt8(ascii: ":") ? end : nil
    }
}
