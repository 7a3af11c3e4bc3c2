/// Why a text is not JSON we accept, and at which byte.
struct JSONError: Error, Equatable, Sendable {
    enum Reason: Equatable, Sendable {
        case unexpectedEnd, unexpectedByte, malformedNumber, malformedEscape, malformedUTF8, controlCharacter
        case loneSurrogate, tooDeep, trailingBytes
        /// Valid JSON, but neither `text` nor `jsonb` can hold U+0000.
        case nulCharacter
    }

    var reason: Reason
    var offset: Int

    var sentence: String {
        switch reason {
        case .unexpectedEnd: "The JSON ends too early, at byte \(offset)."
        case .unexpectedByte: "The JSON has an unexpected character at byte \(offset)."
        case .malformedNumber: "The JSON has a malformed number at byte \(offset)."
        case .malformedEscape: "The JSON has a malformed escape at byte \(offset)."
        case .malformedUTF8: "The JSON is not UTF-8 at byte \(offset)."
        case .controlCharacter: "The JSON has an unescaped control character at byte \(offset)."
        case .loneSurrogate: "The JSON has half a surrogate pair at byte \(offset)."
        case .tooDeep: "The JSON is nested more than \(JSONScanner.depthMax) deep, at byte \(offset)."
        case .trailingBytes: "The JSON is followed by something else at byte \(offset)."
        case .nulCharacter: "The JSON holds the character U+0000 at byte \(offset)."
        }
    }
}
