/// A day of the Gregorian calendar in UTC, counted from 1970-01-01. Arithmetic only: no locale, no time zone, no lock.
struct CivilDate: Equatable, Sendable {
    var year: Int
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int
    /// 0 is Sunday.
    var weekday: Int

    /// The days that have a year of four digits: 0000-01-01 to 9999-12-31.
    static let dayRange = -719_528...2_932_896

    /// - Parameter daysSinceEpoch: Whole days since 1970-01-01, within ``dayRange``.
    init(daysSinceEpoch days: Int) {
        precondition(Self.dayRange.contains(days), "a year of four digits")
        // Years begin in March here, so that the leap day is the last; 400 years are one era of 146 097 days.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        weekday = (days % 7 + 11) % 7  // the epoch was a Thursday
    }
}
