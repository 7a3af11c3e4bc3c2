/// What a body says it is, as far as binding must know.
enum ContentType {
    /// `application/json` or `application/…+json` (RFC 6839 §3.1), with any parameters. A body that says nothing is taken
    /// for JSON: it is parsed strictly anyhow.
    static func isJSON(_ value: Span<UInt8>) -> Bool {
        var end = 0
        while end < value.count, value[end] != UInt8(ascii: ";"), value[end] != 0x20, value[end] != 0x09 { end += 1 }
        guard end > 0 else { return value.isEmpty }
        let type = value.extracting(0..<end)
        return isPrefix("application/", type) && (isSuffix("/json", type) || isSuffix("+json", type))
    }

    private static func isPrefix(_ word: StaticString, _ text: Span<UInt8>) -> Bool {
        text.count > word.utf8CodeUnitCount && isEqual(word, text, at: 0)
    }

    private static func isSuffix(_ word: StaticString, _ text: Span<UInt8>) -> Bool {
        text.count > word.utf8CodeUnitCount && isEqual(word, text, at: text.count - word.utf8CodeUnitCount)
    }

    /// - Precondition: `word` is in lower case.
    private static func isEqual(_ word: StaticString, _ text: Span<UInt8>, at offset: Int) -> Bool {
        for index in 0..<word.utf8CodeUnitCount {
            let byte = text[offset + index]
            let isUpper = UInt8(ascii: "A") <= byte && byte <= UInt8(ascii: "Z")
            guard word.utf8Start[index] == (isUpper ? byte | 0x20 : byte) else { return false }
        }
        return true
    }
}
