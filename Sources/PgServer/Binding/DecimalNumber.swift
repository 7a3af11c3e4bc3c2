/// A decimal number in text, seen as `0.d₁d₂…dₙ × 10^magnitude` with neither leading nor trailing zeros. Compares exactly,
/// however long the text and however large the exponent, without copying it.
struct DecimalNumber {
    let isNegative: Bool
    /// Where the first and the last digit that is not zero stand; empty for zero. A point may lie between them.
    private let digits: Range<Int>
    private let magnitude: Int
    private let digitCount: Int

    /// Exponents past this are alike: beyond anything PostgreSQL can hold.
    private static let exponentMax = 1_000_000_000

    /// - Precondition: `text` is a number as JSON writes it; leading zeros do no harm.
    init(_ text: Span<UInt8>) {
        var position = 0
        isNegative = text[0] == UInt8(ascii: "-")
        if isNegative { position = 1 }
        var first: Int?
        var last = 0
        var point: Int?
        var digitsBeforePoint = 0  // counted from the first digit that is not zero
        var zerosAfterPoint = 0
        while position < text.count, text[position] | 0x20 != UInt8(ascii: "e") {
            if text[position] == UInt8(ascii: ".") {
                point = position
            } else {
                if text[position] != UInt8(ascii: "0") {
                    if first == nil { first = position }
                    last = position
                }
                switch (first, point) {
                case (nil, nil): break
                case (nil, _?): zerosAfterPoint += 1
                case (_?, nil): digitsBeforePoint += 1
                case (_?, _?): break
                }
            }
            position += 1
        }
        guard let first else {
            (digits, magnitude, digitCount) = (0..<0, 0, 0)
            return
        }
        let exponent = Self.exponent(text, from: position + 1)
        digits = first..<(last + 1)
        magnitude = (digitsBeforePoint > 0 ? digitsBeforePoint : -zerosAfterPoint) + exponent
        let isPointInside = point.map { first < $0 && $0 < last } ?? false
        digitCount = last - first + (isPointInside ? 0 : 1)
    }

    var isZero: Bool { digits.isEmpty }

    /// Whether the digits reach no further than these many places before and after the point.
    func fits(placesBefore: Int, placesAfter: Int) -> Bool {
        isZero || magnitude <= placesBefore && digitCount - magnitude <= placesAfter
    }

    /// How many places before the point the first digit stands: 1 for 7, 3 for 700, 0 for 0.7.
    var places: Int { magnitude }

    /// The value if it is a whole number, as 3, 3.0 and 30e-1 are; `.overflow` if it is one past 64 bits.
    enum Integer: Equatable { case value(Int64), overflow, fraction }

    func integer(of text: Span<UInt8>) -> Integer {
        if isZero { return .value(0) }
        guard digitCount <= magnitude else { return .fraction }
        guard magnitude <= 19 else { return .overflow }  // Int64 has 19 digits
        var value: Int64 = 0
        func shift(adding digit: Int64) -> Bool {
            let (tenfold, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isSumTooLarge) = tenfold.addingReportingOverflow(isNegative ? -digit : digit)
            value = sum
            return !isTooLarge && !isSumTooLarge
        }
        for position in digits where text[position] != UInt8(ascii: ".") {
            guard shift(adding: Int64(text[position] - UInt8(ascii: "0"))) else { return .overflow }
        }
        for _ in digitCount..<magnitude {
            guard shift(adding: 0) else { return .overflow }
        }
        return .value(value)
    }

    /// Whether the number written in `text` is less than the one in `other`.
    static func isLess(_ text: Span<UInt8>, than other: Span<UInt8>) -> Bool {
        let (left, right) = (DecimalNumber(text), DecimalNumber(other))
        switch (left.isZero, right.isZero) {
        case (true, true): return false
        case (true, false): return !right.isNegative
        case (false, true): return left.isNegative
        case (false, false): break
        }
        guard left.isNegative == right.isNegative else { return left.isNegative }
        return left.isNegative
            ? isCloserToZero(right, other, left, text) : isCloserToZero(left, text, right, other)
    }

    private static func isCloserToZero(
        _ left: DecimalNumber, _ leftText: Span<UInt8>, _ right: DecimalNumber, _ rightText: Span<UInt8>
    ) -> Bool {
        guard left.magnitude == right.magnitude else { return left.magnitude < right.magnitude }
        var (i, j) = (left.digits.lowerBound, right.digits.lowerBound)
        while i < left.digits.upperBound, j < right.digits.upperBound {
            if leftText[i] == UInt8(ascii: ".") { i += 1 }
            if rightText[j] == UInt8(ascii: ".") { j += 1 }
            guard leftText[i] == rightText[j] else { return leftText[i] < rightText[j] }
            i += 1
            j += 1
        }
        return left.digitCount < right.digitCount
    }

    private static func exponent(_ text: Span<UInt8>, from start: Int) -> Int {
        guard start < text.count else { return 0 }
        var position = start
        let isNegative = text[position] == UInt8(ascii: "-")
        if isNegative || text[position] == UInt8(ascii: "+") { position += 1 }
        var exponent = 0
        while position < text.count {
            exponent = min(exponent * 10 + Int(text[position] - UInt8(ascii: "0")), exponentMax)
            position += 1
        }
        return isNegative ? -exponent : exponent
    }
}
