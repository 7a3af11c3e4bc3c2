/// A complete response, and where it came from.
struct OutsideResponse: Sendable {
    var status: Int
    /// Names in small letters.
    var fields: [(name: String, value: String)]
    var body: [UInt8]
    var address: ClientAddress

    func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The outcome of a request that was answered, whatever the status.
    ///
    /// Lines of one field are one value (RFC 9110 §5.3). The body is `body` if PostgreSQL can keep it as text,
    /// `body_base64` otherwise.
    func outcome(after duration: Duration) -> EffectOutcome {
        var json = Array("{\"status\":\(status),\"headers\":{".utf8)
        var names: [String] = []
        for field in fields where !names.contains(field.name) {
            if !names.isEmpty { json.append(UInt8(ascii: ",")) }
            names.append(field.name)
            JSONWriter.appendQuoted(field.name, to: &json)
            json.append(UInt8(ascii: ":"))
            let values = fields.filter { $0.name == field.name }.map(\.value)
            JSONWriter.appendQuoted(values.joined(separator: ", "), to: &json)
        }
        json += Array("},".utf8)
        if body.span.textLength() != nil {
            json += Array("\"body\":".utf8)
            JSONWriter.appendQuoted(body.span, to: &json)
        } else {
            json += Array("\"body_base64\":\"".utf8)
            Base64.append(body.span, to: &json)
            json.append(UInt8(ascii: "\""))
        }
        json += Array(",\"address\":\"\(address)\",\"duration_ms\":\(duration.wholeMilliseconds)}".utf8)
        return EffectOutcome(json: json)
    }
}
