/// Writes instants as RFC 3339 §5.6 has them, in UTC.
enum RFC3339 {
    /// Appends `2025-11-18T09:30:00.123Z`.
    ///
    /// - Parameter milliseconds: Since 1970-01-01T00:00:00Z. Years 0 to 9999 have this form; no clock shows others.
    static func append(milliseconds: Int64, to out: inout [UInt8]) {
        let (day, millisecond) = floorDivide(milliseconds, by: 86_400_000)
        let (year, month, dayOfMonth) = date(daysSince1970: day)
        let second = millisecond / 1000
        out.append(decimal: year, digitCount: 4)
        out.append(UInt8(ascii: "-"))
        out.append(decimal: month, digitCount: 2)
        out.append(UInt8(ascii: "-"))
        out.append(decimal: dayOfMonth, digitCount: 2)
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

    /// The proleptic Gregorian date, counted in eras of 400 years that begin on 1 March.
    private static func date(daysSince1970 day: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivide(Int64(day) + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func floorDivide(_ number: Int64, by divisor: Int64) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (Int(quotient) - 1, Int(remainder + divisor)) : (Int(quotient), Int(remainder))
    }
}
