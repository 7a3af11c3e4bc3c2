import Testing

@testable import PgServer

@Suite("A rolled back transaction")
struct RecoveryTests {
    typealias Case = (String, String, Recovery.Circumstances, Recovery)

    static func circumstances(_ change: (inout Recovery.Circumstances) -> Void) -> Recovery.Circumstances {
        var circumstances = Recovery.Circumstances(timeout: .seconds(5))
        change(&circumstances)
        return circumstances
    }

    static let cases: [Case] = [
        ("a violated constraint", "23505", circumstances { $0.isRetryable = true }, .answer),
        ("a conflict, not declared retryable", "40001", circumstances { _ in }, .answer),
        ("a conflict", "40001", circumstances { $0.isRetryable = true }, .pause),
        ("a deadlock", "40P01", circumstances { $0.isRetryable = true }, .pause),
        (
            "a second conflict", "40001",
            circumstances {
                $0.isRetryable = true
                $0.attempts.afterConflict = 1
            }, .pause
        ),
        (
            "a third conflict", "40001",
            circumstances {
                $0.isRetryable = true
                $0.attempts.afterConflict = 2
            }, .answer
        ),
        ("an unknown prepared statement", "26000", circumstances { $0.usedPreparedStatement = true }, .prepareAgain),
        ("an unknown statement inside a function", "26000", circumstances { _ in }, .answer),
        (
            "an unknown prepared statement again", "26000",
            circumstances {
                $0.usedPreparedStatement = true
                $0.attempts.afterStalePlan = 1
            }, .answer
        ),
        (
            "changed columns", "0A000",
            circumstances {
                $0.usedPreparedStatement = true
                $0.isStalePlan = true
            }, .prepareAgain
        ),
        ("something unsupported", "0A000", circumstances { $0.usedPreparedStatement = true }, .answer),
        ("a cancel from elsewhere", "57014", circumstances { $0.ranFor = .seconds(1) }, .answer),
        (
            "a neighbour's cancel", "57014",
            circumstances {
                $0.wasExposedToCancel = true
                $0.ranFor = .seconds(1)
            }, .runAgain
        ),
        (
            "its own time limit, with a cancel about", "57014",
            circumstances {
                $0.wasExposedToCancel = true
                $0.ranFor = .milliseconds(4990)
            }, .answer
        ),
        (
            "one neighbour's cancel too many", "57014",
            circumstances {
                $0.wasExposedToCancel = true
                $0.attempts.afterNeighbour = Recovery.neighbourRetriesMax
            }, .giveUp
        ),
    ]

    @Test("runs again only if that is safe and may help", arguments: cases)
    func decided(_ row: Case) {
        #expect(Recovery.decide(row.1, row.2) == row.3, "\(row.0)")
    }
}
