import Testing

@testable import PgServer

@Suite("What a transaction hears from PostgreSQL")
struct AwaitedResultsTests {
    typealias Case = (String, AwaitedResults.Steps, [AwaitedResults.Event], [AwaitedResults.Action])

    static let all: AwaitedResults.Steps = [.prepareContext, .context, .prepareCall, .call]

    static let conversations: [Case] = [
        ("a call", .call, [.completed, .synced], [.keepRows, .finish]),
        ("context and call", [.context, .call], [.completed, .completed, .synced], [.nothing, .keepRows, .finish]),
        (
            "the first use of both statements", all, [.completed, .completed, .completed, .completed, .synced],
            [.confirm(.prepareContext), .nothing, .confirm(.prepareCall), .keepRows, .finish]
        ),
        (
            "a refused session: the call's Parse never ran", all, [.completed, .failed, .skipped, .skipped, .synced],
            [.confirm(.prepareContext), .keepFailure(at: .context), .nothing, .nothing, .finish]
        ),
        (
            "context, claim and call", [.context, .claim, .call], [.completed, .completed, .completed, .synced],
            [.nothing, .nothing, .keepRows, .finish]
        ),
        (
            "a claim that is refused: the call never ran", [.context, .prepareClaim, .claim, .prepareCall, .call],
            [.completed, .completed, .failed, .skipped, .skipped, .synced],
            [.nothing, .confirm(.prepareClaim), .keepFailure(at: .claim), .nothing, .nothing, .finish]
        ),
        (
            "a call that does not parse", [.context, .prepareCall, .call], [.completed, .failed, .skipped, .synced],
            [.nothing, .keepFailure(at: .prepareCall), .nothing, .finish]
        ),
        (
            "a call that fails", [.context, .call], [.completed, .failed, .synced],
            [.nothing, .keepFailure(at: .call), .finish]
        ),
        (
            "a commit that fails after the rows", .call, [.completed, .failed, .synced],
            [.keepRows, .keepFailure(at: []), .finish]
        ),
        ("a Sync too early", [.context, .call], [.completed, .synced], [.nothing, .outOfStep]),
        ("a result too many", .call, [.completed, .completed], [.keepRows, .outOfStep]),
        ("a skip without a failure", .call, [.skipped], [.outOfStep]),
        (
            "a success after a failure", [.context, .call], [.failed, .completed],
            [.keepFailure(at: .context), .outOfStep]
        ),
        ("two failures", [.context, .call], [.failed, .failed], [.keepFailure(at: .context), .outOfStep]),
    ]

    @Test("is matched step by step", arguments: conversations)
    func matched(_ conversation: Case) {
        var exchange = AwaitedResults(awaiting: conversation.1)
        let actions = conversation.2.map { exchange.receive($0) }
        #expect(actions == conversation.3, "\(conversation.0)")
    }
}
