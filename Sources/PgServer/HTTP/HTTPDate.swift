/// Times as text, from arithmetic alone.
enum HTTPDate {
    private static let secondsPerDay: Int64 = 86_400

    /// Appends `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). 29 bytes.
    ///
    /// - Parameter unixSeconds: Within the years 0000 to 9999.
    static func append(unixSeconds: Int64, to output: inout [UInt8]) {
        let (days, second) = split(unixSeconds)
        let date = CivilDate(daysSinceEpoch: days)
        append(threeLetters: "SunMonTueWedThuFriSat", at: date.weekday, to: &output)
        output.append(", ")
        output.append(decimal: date.day, digitCount: 2)
        output.append(HTTPByte.space)
        append(threeLetters: "JanFebMarAprMayJunJulAugSepOctNovDec", at: date.month - 1, to: &output)
        output.append(HTTPByte.space)
        output.append(decimal: date.year, digitCount: 4)
        output.append(HTTPByte.space)
        append(timeOfDay: second, to: &output)
        output.append(" GMT")
    }

    private static func split(_ unixSeconds: Int64) -> (days: Int, second: Int) {
        let (days, second) = unixSeconds.flooredQuotientAndRemainder(by: secondsPerDay)
        return (Int(days), Int(second))
    }

    private static func append(timeOfDay second: Int, to output: inout [UInt8]) {
        output.append(decimal: second / 3_600, digitCount: 2)
        output.append(HTTPByte.colon)
        output.append(decimal: second / 60 % 60, digitCount: 2)
        output.append(HTTPByte.colon)
        output.append(decimal: second % 60, digitCount: 2)
    }

    private static func append(threeLetters names: StaticString, at index: Int, to output: inout [UInt8]) {
        names.withUTF8Buffer { output.append(contentsOf: $0[(index * 3)..<(index * 3 + 3)]) }
    }
}

extension Int64 {
    /// As `quotientAndRemainder`, but with a remainder that is never negative, as times before 1970 need.
    fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
