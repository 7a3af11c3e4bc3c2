/// Checks dates and instants in text, so that PostgreSQL is asked only about days that exist.
enum CalendarText {
    /// `2024-02-29`, of the years 1 to 9999.
    static func isDate(_ text: Span<UInt8>) -> Bool {
        guard text.count == 10, let year = number(text, 0..<4), text[4] == UInt8(ascii: "-"),
            let month = number(text, 5..<7), text[7] == UInt8(ascii: "-"), let day = number(text, 8..<10)
        else { return false }
        return year >= 1 && (1...12).contains(month) && day >= 1 && day <= dayCount(of: month, in: year)
    }

    /// RFC 3339 §5.6, `2025-11-18T09:30:00.123Z` or with an offset, or a date alone.
    ///
    /// Upper and lower case, a space for the `T`, up to nine digits of a second and a leap second are all the RFC allows.
    /// A time without a zone is refused, since it means another instant for every reader. Offsets end at ±15:59, where
    /// PostgreSQL's do.
    static func isInstant(_ text: Span<UInt8>) -> Bool {
        if text.count == 10 { return isDate(text) }
        guard text.count >= 20, isDate(text.extracting(0..<10)),
            text[10] | 0x20 == UInt8(ascii: "t") || text[10] == 0x20,
            let hour = number(text, 11..<13), text[13] == UInt8(ascii: ":"),
            let minute = number(text, 14..<16), text[16] == UInt8(ascii: ":"),
            let second = number(text, 17..<19), hour <= 23, minute <= 59, second <= 60
        else { return false }
        var position = 19
        if text[position] == UInt8(ascii: ".") {
            let start = position + 1
            position = start
            while position < text.count, text[position].isDigit { position += 1 }
            guard (1...9).contains(position - start), position < text.count else { return false }
        }
        if text[position] | 0x20 == UInt8(ascii: "z") { return position + 1 == text.count }
        guard text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-"), position + 6 == text.count,
            let hours = number(text, (position + 1)..<(position + 3)), text[position + 3] == UInt8(ascii: ":"),
            let minutes = number(text, (position + 4)..<(position + 6))
        else { return false }
        return hours <= 15 && minutes <= 59
    }

    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var number = 0
        for index in range {
            guard text[index].isDigit else { return nil }
            number = number * 10 + Int(text[index] - UInt8(ascii: "0"))
        }
        return number
    }

    private static func dayCount(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
