/// Writes instants as RFC 3339 §5.6 has them, in UTC.
enum RFC3339 {
    /// Appends `2025-11-18T09:30:00.123Z`.
    ///
    /// - Parameter milliseconds: Since 1970-01-01T00:00:00Z. Years 0 to 9999 have this form; no clock shows others.
    static func append(milliseconds: Int64, to out: inout [UInt8]) {
        let day = milliseconds.floored(by: 86_400_000)
        let millisecond = Int(milliseconds - day * 86_400_000)
        let date = CivilDate(daysSinceEpoch: Int(day))
        let second = millisecond / 1000
        out.append(decimal: date.year, digitCount: 4)
        out.append(UInt8(ascii: "-"))
        out.append(decimal: date.month, digitCount: 2)
        out.append(UInt8(ascii: "-"))
        out.append(decimal: date.day, digitCount: 2)
        out.append(UInt8(ascii: "T"))
        out.append(decimal: second / 3600, digitCount: 2)
        out.append(UInt8(ascii: ":"))
        out.append(decimal: second / 60 % 60, digitCount: 2)
        out.append(UInt8(ascii: ":"))
        out.append(decimal: second % 60, digitCount: 2)
        out.append(UInt8(ascii: "."))
        out.append(decimal: millisecond % 1000, digitCount: 3)
        out.append(UInt8(ascii: "Z"))
    }
}

extension Int64 {
    /// The quotient rounded down, as times before 1970 need.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
