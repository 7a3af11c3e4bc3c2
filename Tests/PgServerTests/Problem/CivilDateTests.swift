import Testing

@testable import PgServer

@Suite("A day of the calendar")
struct CivilDateTests {
    @Test("counts every day of four centuries once, in order")
    func days() {
        var previous = CivilDate(daysSinceEpoch: -1)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for day in 0...146_097 {
            let date = CivilDate(daysSinceEpoch: day)
            let isLeap = previous.year % 4 == 0 && (previous.year % 100 != 0 || previous.year % 400 == 0)
            let length = previous.month == 2 && isLeap ? 29 : lengths[previous.month - 1]
            var expected = previous
            expected.day += 1
            if expected.day > length {
                expected.day = 1
                expected.month += 1
            }
            if expected.month > 12 {
                expected.month = 1
                expected.year += 1
            }
            expected.weekday = (previous.weekday + 1) % 7
            guard date == expected else {
                Issue.record("\(date) follows \(previous)")
                return
            }
            previous = date
        }
    }
}
