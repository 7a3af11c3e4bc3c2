import Foundation

/// The scanner of JSON: what it accepts Foundation accepts too, and its strings and members are Foundation's.
enum JSONFuzz {
    static func run(_ input: [UInt8]) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONScanner.value(of: input.span)
        } catch {
            check((0...input.count).contains(error.offset), "\(error) outside of \(input.count) bytes")
            var object = JSONObject()
            check(!object.readValid(input.span), "an object that is no JSON")
            return
        }
        check(value.start < value.end && value.end <= input.count, "\(value) outside of \(input.count) bytes")
        check(String(validating: input, as: UTF8.self) != nil, "JSON that is no UTF-8")
        let reference: Any
        do {
            reference = try JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
        } catch {
            // Foundation refuses numbers that no Double holds; JSON has them.
            check(hasLargeNumber(input), "Foundation: \(error)")
            return
        }
        compare(value, of: input, with: reference)
    }

    static func compare(_ value: JSONValue, of text: [UInt8], with reference: Any) {
        switch value.kind {
        case .string:
            let string = string(value, of: text)
            // Foundation takes U+FEFF at the beginning and behind an escape for a mark, and drops it.
            guard !String(decoding: string, as: UTF8.self).unicodeScalars.contains("\u{FEFF}") else { return }
            check(string == (reference as? String).map { Array($0.utf8) }, "another string")
        case .array:
            guard let list = reference as? [Any] else { fatalError("no array") }
            var elements = JSONElements(of: value)
            var count = 0
            while let element = elements.next(in: text.span) {
                check(count < list.count, "more elements")
                compare(element, of: text, with: list[count])
                count += 1
            }
            check(count == list.count, "\(count) elements, not \(list.count)")
        case .object:
            guard let members = reference as? [String: Any] else { fatalError("no object") }
            var object = JSONObject()
            let part = Array(text[value.range])
            check(object.readValid(part.span), "an object within is none")
            let names = object.members.map { String(decoding: object.names[$0.name], as: UTF8.self) }
            // Strings that look alike are one key to Foundation and two to PostgreSQL.
            let isPlain = object.names.allSatisfy { $0 < 0x80 }
            check(!isPlain || Set(names) == Set(members.keys), "other names")
            check(!isPlain || (object.duplicateName() == nil) == (Set(names).count == names.count), "duplicate names")
        case .null: check(reference is NSNull, "not null")
        case .boolean, .number: check(reference is NSNumber, "not a number")
        }
    }

    static func string(_ value: JSONValue, of text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        value.appendString(of: text.span, to: &bytes)
        return bytes
    }

    /// Whether a number may be one that is too large for Foundation: an exponent, or many digits.
    static func hasLargeNumber(_ input: [UInt8]) -> Bool {
        input.contains { $0 | 0x20 == UInt8(ascii: "e") } || input.count { $0.isDigit } > 15
    }
}
