/// Checks one value that lies at the end of a buffer, and brings it into the form PostgreSQL reads.
///
/// The value is the text of a query parameter, a header or a path segment, or what a JSON string or number holds. The
/// two differ little by then, since the JSON kinds were told apart before.
enum ValueCheck {
    /// Decimal digits before and after the point that `numeric` holds without a declared precision.
    private static let numericPlaces = (before: 131_072, after: 16_383)
    /// The decimal exponents a double has, roundly: what is past them PostgreSQL refuses.
    private static let floatPlaces = -323...309

    /// - Parameters:
    ///   - kind: The parameter's kind, or that of its elements.
    ///   - start: Where the value begins in `bytes`; it is all that follows.
    /// - Returns: What is wrong, or nil. The value may then be written anew.
    static func check(
        _ bytes: inout [UInt8], from start: Int, as kind: ParameterKind, of parameter: Parameter
    ) -> ValueFault? {
        switch kind {
        case .int2, .int4, .int8: checkInteger(&bytes, from: start, as: kind, of: parameter)
        case .numeric, .float: checkNumber(bytes.span.extracting(start...), as: kind, of: parameter)
        case .bool: checkBoolean(&bytes, from: start)
        case .uuid: isUUID(bytes.span.extracting(start...)) ? nil : .notUUID
        case .date: CalendarText.isDate(bytes.span.extracting(start...)) ? nil : .notDate
        case .timestamptz: CalendarText.isInstant(bytes.span.extracting(start...)) ? nil : .notInstant
        case .json: JSONScanner.validValue(of: bytes.span.extracting(start...)) == nil ? .notJSON : nil
        case .bytea: Base64.decode(in: &bytes, from: start) ? nil : .notBase64
        case .text, .enumeration, .other, .array: checkText(bytes.span.extracting(start...), of: parameter)
        }
    }

    private static func checkText(_ text: Span<UInt8>, of parameter: Parameter) -> ValueFault? {
        guard let length = text.textLength() else { return .notText }
        if let choices = parameter.enumValues {
            return isChoice(text, of: choices) ? nil : .notOneOf
        }
        guard parameter.kind != .array else { return nil }  // its bounds, if any, are those of the array
        if let least = parameter.minLength, length < least { return .tooShort }
        if let most = parameter.maxLength, length > most { return .tooLong }
        return nil
    }

    private static func checkInteger(
        _ bytes: inout [UInt8], from start: Int, as kind: ParameterKind, of parameter: Parameter
    ) -> ValueFault? {
        guard isNumber(bytes.span.extracting(start...)) else { return .notInteger }
        let isNegative = bytes[start] == UInt8(ascii: "-")
        switch DecimalNumber(bytes.span.extracting(start...)).integer(of: bytes.span.extracting(start...)) {
        case .fraction: return .notInteger
        case .overflow: return outside(isNegative, of: parameter)
        case .value(let value):
            if let fault = checkBounds(bytes.span.extracting(start...), of: parameter) { return fault }
            guard kind.integerRange?.contains(value) ?? false else { return outside(isNegative, of: parameter) }
            bytes.removeSubrange(start...)
            bytes.append(decimal: Int(value))
            guard let choices = parameter.enumValues else { return nil }
            return isChoice(bytes.span.extracting(start...), of: choices) ? nil : .notOneOf
        }
    }

    private static func checkNumber(
        _ text: Span<UInt8>, as kind: ParameterKind, of parameter: Parameter
    ) -> ValueFault? {
        guard isNumber(text) else { return .notNumber }
        if let fault = checkBounds(text, of: parameter) { return fault }
        let number = DecimalNumber(text)
        let fits =
            kind == .float
            ? number.isZero || floatPlaces.contains(number.places)
            : number.fits(placesBefore: numericPlaces.before, placesAfter: numericPlaces.after)
        return fits ? nil : outside(number.isNegative, of: parameter)
    }

    private static func checkBounds(_ text: Span<UInt8>, of parameter: Parameter) -> ValueFault? {
        if let minimum = parameter.minimum, DecimalNumber.isLess(text, than: minimum.bytes.span) { return .tooSmall }
        if let maximum = parameter.maximum, DecimalNumber.isLess(maximum.bytes.span, than: text) { return .tooLarge }
        return nil
    }

    /// Names the parameter's own bound, where it has one, for a value that even its type cannot hold.
    private static func outside(_ isNegative: Bool, of parameter: Parameter) -> ValueFault {
        if isNegative { return parameter.minimum == nil ? .outOfRange : .tooSmall }
        return parameter.maximum == nil ? .outOfRange : .tooLarge
    }

    private static func checkBoolean(_ bytes: inout [UInt8], from start: Int) -> ValueFault? {
        guard let truth = truth(of: bytes.span.extracting(start...)) else { return .notBoolean }
        bytes.removeSubrange(start...)
        bytes.append(contentsOf: (truth ? "true" : "false").utf8)
        return nil
    }

    /// `true` and `false` in any case, since many a client prints its own language's, `1` and `0`.
    private static func truth(of text: Span<UInt8>) -> Bool? {
        if isWord("true", text) || isWord("1", text) { return true }
        if isWord("false", text) || isWord("0", text) { return false }
        return nil
    }

    /// A number as JSON writes it, but leading zeros are allowed: a query is not JSON, and PostgreSQL reads them.
    private static func isNumber(_ text: Span<UInt8>) -> Bool {
        var scanner = JSONScanner()
        if !text.isEmpty, text[0] == UInt8(ascii: "-") { scanner.position = 1 }
        guard scanner.position < text.count, text[scanner.position].isDigit else { return false }
        while scanner.position + 1 < text.count, text[scanner.position] == UInt8(ascii: "0"),
            text[scanner.position + 1].isDigit
        { scanner.position += 1 }
        do throws(JSONError) { try scanner.skipNumber(text) } catch { return false }
        return scanner.position == text.count
    }

    /// RFC 9562 §4, the form with hyphens, in either case.
    private static func isUUID(_ text: Span<UInt8>) -> Bool {
        guard text.count == 36 else { return false }
        return text.indices.allSatisfy { index in
            switch index {
            case 8, 13, 18, 23: text[index] == UInt8(ascii: "-")
            default: text[index].hexadecimalDigit != nil
            }
        }
    }

    private static func isWord(_ word: StaticString, _ text: Span<UInt8>) -> Bool {
        guard word.utf8CodeUnitCount == text.count else { return false }
        return text.indices.allSatisfy { text[$0] | 0x20 == word.utf8Start[$0] | 0x20 }
    }

    private static func isChoice(_ text: Span<UInt8>, of choices: [[UInt8]]) -> Bool {
        choices.contains { choice in
            choice.count == text.count && choice.indices.allSatisfy { choice[$0] == text[$0] }
        }
    }
}
