/// What a slot of a ``Template`` is filled with.
enum SlotValue {
    /// Written as `null`, or as nothing in bare text; a section of this slot is left out.
    case absent
    case text(String)
    case number(Int)
    case truth(Bool)
    /// JSON that goes in as it is, lent for the length of the write.
    case raw(UnsafeBufferPointer<UInt8>)
    case bytes([UInt8])
    case requestID(RequestID, RequestIDForm)
    case uuid(RequestID)
    case hex(RequestID)
    /// Milliseconds since 1970, written as RFC 3339.
    case timestamp(Int64)

    var isAbsent: Bool {
        if case .absent = self { true } else { false }
    }

    func append(as form: TemplateForm, to out: inout [UInt8]) {
        let quote: UInt8? = form == .json ? UInt8(ascii: "\"") : nil
        func quoted(_ write: (inout [UInt8]) -> Void) {
            if let quote { out.append(quote) }
            write(&out)
            if let quote { out.append(quote) }
        }
        switch self {
        case .absent: if form == .json { out.append(contentsOf: "null".utf8) }
        case .text(let text):
            if form == .json { JSONWriter.appendQuoted(text, to: &out) } else { out.append(contentsOf: text.utf8) }
        case .number(let number): out.append(decimal: number)
        case .truth(let truth): out.append(contentsOf: (truth ? "true" : "false").utf8)
        case .raw(let bytes): out.append(contentsOf: bytes)
        case .bytes(let bytes): out.append(contentsOf: bytes)
        case .requestID(let id, let form): quoted { form.append(id, to: &$0) }
        case .uuid(let id): quoted { id.appendUUID(to: &$0) }
        case .hex(let id): quoted { id.appendHex(to: &$0) }
        case .timestamp(let milliseconds): quoted { RFC3339.append(milliseconds: milliseconds, to: &$0) }
        }
    }
}
