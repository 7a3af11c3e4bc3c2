/// Checks that bytes are JSON (RFC 8259) in one pass, and says where the values stand. It never builds a tree.
///
/// Stricter than the RFC asks: UTF-8 must be well formed, a surrogate needs its other half, U+0000 is refused, and
/// nesting has a limit. The text is an argument of each step, because a value cannot keep a borrowed span.
struct JSONScanner {
    /// The deepest nesting of arrays and objects.
    static let depthMax = 64

    var position = 0

    /// Reads a text that is exactly one value, with optional white space around it.
    static func value(of text: Span<UInt8>) throws(JSONError) -> JSONValue {
        var scanner = JSONScanner()
        scanner.skipSpace(text)
        let value = try scanner.value(text)
        try scanner.finish(text)
        return value
    }

    /// The value, or nil where the reason does not matter.
    static func validValue(of text: Span<UInt8>) -> JSONValue? {
        do throws(JSONError) { return try value(of: text) } catch { return nil }
    }

    /// Reads the value that begins here.
    ///
    /// - Parameter depth: How many arrays and objects it is already inside of.
    mutating func value(_ text: Span<UInt8>, depth: Int = 0) throws(JSONError) -> JSONValue {
        let start = position
        var hasEscapes = false
        let kind: JSONValue.Kind
        switch try peek(text) {
        case UInt8(ascii: "{"):
            kind = .object
            try skipNested(text, depth: depth)
        case UInt8(ascii: "["):
            kind = .array
            try skipNested(text, depth: depth)
        case UInt8(ascii: "\""):
            kind = .string
            hasEscapes = try skipString(text)
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            kind = .boolean
            try skipScalar(text)
        case UInt8(ascii: "n"):
            kind = .null
            try skipScalar(text)
        default:
            kind = .number
            try skipScalar(text)
        }
        return JSONValue(kind: kind, start: start, end: position, hasEscapes: hasEscapes)
    }

    mutating func skipSpace(_ text: Span<UInt8>) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Checks that only white space is left.
    mutating func finish(_ text: Span<UInt8>) throws(JSONError) {
        skipSpace(text)
        guard position == text.count else { throw failure(.trailingBytes) }
    }

    func peek(_ text: Span<UInt8>) throws(JSONError) -> UInt8 {
        guard position < text.count else { throw failure(.unexpectedEnd) }
        return text[position]
    }

    mutating func skip(_ byte: UInt8, _ text: Span<UInt8>) throws(JSONError) {
        guard try peek(text) == byte else { throw failure(.unexpectedByte) }
        position += 1
    }

    func failure(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }

    /// Walks an array or object with a stack of one bit a level, so that depth costs no memory and no recursion.
    private mutating func skipNested(_ text: Span<UInt8>, depth outer: Int) throws(JSONError) {
        var objects: UInt64 = 0  // the lowest bit tells whether the innermost container is an object
        var depth = 0
        value: repeat {
            let byte = try peek(text)
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard outer + depth < Self.depthMax else { throw failure(.tooDeep) }
                let isObject = byte == UInt8(ascii: "{")
                objects = objects << 1 | (isObject ? 1 : 0)
                depth += 1
                position += 1
                skipSpace(text)
                if try peek(text) != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject { try skipKey(text) }
                    continue value
                }
                position += 1
                objects >>= 1
                depth -= 1
            } else if byte == UInt8(ascii: "\"") {
                _ = try skipString(text)
            } else {
                try skipScalar(text)
            }
            while depth > 0 {
                skipSpace(text)
                let isObject = objects & 1 == 1
                switch try peek(text) {
                case UInt8(ascii: ","):
                    position += 1
                    skipSpace(text)
                    if isObject { try skipKey(text) }
                    continue value
                case isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"):
                    position += 1
                    objects >>= 1
                    depth -= 1
                default: throw failure(.unexpectedByte)
                }
            }
        } while depth > 0
    }

    private mutating func skipKey(_ text: Span<UInt8>) throws(JSONError) {
        guard try peek(text) == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
        _ = try skipString(text)
        skipSpace(text)
        try skip(UInt8(ascii: ":"), text)
        skipSpace(text)
    }

    private mutating func skipScalar(_ text: Span<UInt8>) throws(JSONError) {
        switch try peek(text) {
        case UInt8(ascii: "t"): try skipWord("true", text)
        case UInt8(ascii: "f"): try skipWord("false", text)
        case UInt8(ascii: "n"): try skipWord("null", text)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber(text)
        default: throw failure(.unexpectedByte)
        }
    }

    private mutating func skipWord(_ word: StaticString, _ text: Span<UInt8>) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount { try skip(word.utf8Start[index], text) }
    }

    /// RFC 8259 §6: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
    mutating func skipNumber(_ text: Span<UInt8>) throws(JSONError) {
        if try peek(text) == UInt8(ascii: "-") { position += 1 }
        if try peek(text) == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits(text)
        }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits(text)
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let sign = try peek(text)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try skipDigits(text)
        }
        if position < text.count, text[position].isDigit { throw failure(.malformedNumber) }  // 01
    }

    private mutating func skipDigits(_ text: Span<UInt8>) throws(JSONError) {
        guard try peek(text).isDigit else { throw failure(.malformedNumber) }
        while position < text.count, text[position].isDigit { position += 1 }
    }

    /// Passes over a string and its quotes. Returns whether it holds an escape.
    mutating func skipString(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        var hasEscapes = false
        position += 1
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return hasEscapes
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try skipEscape(text)
            } else if byte < 0x20 {
                throw failure(.controlCharacter)
            } else if byte < 0x80 {
                position += 1
            } else if let count = text.scalarByteCount(at: position) {
                position += count
            } else {
                throw failure(.malformedUTF8)
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func skipEscape(_ text: Span<UInt8>) throws(JSONError) {
        guard position + 1 < text.count else { throw JSONError(reason: .unexpectedEnd, offset: text.count) }
        switch text[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit(at: position + 2, text)
            switch unit {
            case 0: throw failure(.nulCharacter)
            case 0xD800...0xDBFF:
                guard position + 7 < text.count, text[position + 6] == UInt8(ascii: "\\"),
                    text[position + 7] == UInt8(ascii: "u"),
                    case 0xDC00...0xDFFF = try codeUnit(at: position + 8, text)
                else { throw failure(.loneSurrogate) }
                position += 12
            case 0xDC00...0xDFFF: throw failure(.loneSurrogate)
            default: position += 6
            }
        default: throw failure(.malformedEscape)
        }
    }

    private func codeUnit(at start: Int, _ text: Span<UInt8>) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for index in start..<(start + 4) {
            guard index < text.count else { throw JSONError(reason: .unexpectedEnd, offset: text.count) }
            guard let digit = text[index].hexadecimalDigit else { throw failure(.malformedEscape) }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
