/// Walks the elements of a JSON array that ``JSONScanner`` has accepted.
struct JSONElements {
    private var scanner: JSONScanner
    private let end: Int

    init(of array: JSONValue) {
        precondition(array.kind == .array)
        scanner = JSONScanner(position: array.start + 1)
        end = array.end - 1
    }

    /// - Parameter text: The text the array was read from.
    mutating func next(in text: Span<UInt8>) -> JSONValue? {
        while scanner.position < end {
            switch text[scanner.position] {
            case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09: scanner.position += 1
            default: do throws(JSONError) { return try scanner.value(text) } catch { return nil }
            }
        }
        return nil
    }
}
