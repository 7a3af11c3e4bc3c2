/// How a contract writes a request id: `trace-${uuid}`, `req_${hex}`, `${uuid}`.
struct RequestIDForm: Sendable {
    private enum Slot: String, TemplateSlot { case uuid, hex }

    private let template: Template<Slot>

    /// - Throws: for anything but letters, digits, `-`, `_`, `.` and the two slots, so that a written form needs no
    ///   escape, in JSON or in a header.
    init(parsing text: String) throws(TemplateError) {
        template = try Template(parsing: text)
        for byte in template.literalBytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                continue
            default: throw .unexpectedText
            }
        }
    }

    func append(_ id: RequestID, to out: inout [UInt8]) {
        template.write(into: &out, as: .bare) { slot in
            switch slot {
            case .uuid: .uuid(id)
            case .hex: .hex(id)
            }
        }
    }
}
