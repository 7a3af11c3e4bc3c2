import Foundation
import Testing

@testable import PgServer

/// How good suggestions are, measured on `Fixtures/vendor_fields.tsv`: fields of real objects with the canonical field
/// that each fills, or none. The calibration was fitted on the part marked fit; the part marked held, of other vendors,
/// judges. The floors are well below what was measured, so that they fall only when something breaks.
@Suite("Suggested mappings", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct SuggestionQualityTests {
    /// What became of the suggestions for one part of the labelled fields.
    struct Figures {
        var fields: Int
        /// Fields that fill a canonical one.
        var labelled: Int
        /// Those that somebody is shown, those that are applied without asking, and how many of each are right.
        var shown: Int
        var shownRight: Int
        var sure: Int
        var sureRight: Int
        /// The confidence of those shown, on average.
        var confidence: Double
        /// The mean square of confidence less outcome.
        var brier: Double

        var precision: Double { Double(shownRight) / Double(max(shown, 1)) }
        var recall: Double { Double(shownRight) / Double(max(labelled, 1)) }
        var surePrecision: Double { Double(sureRight) / Double(max(sure, 1)) }
        var sureRecall: Double { Double(sureRight) / Double(max(labelled, 1)) }
    }

    private static let labels = Result {
        try String(contentsOfFile: Project.root + "/Tests/ContractTests/Fixtures/vendor_fields.tsv", encoding: .utf8)
    }

    /// The figures of both parts.
    ///
    /// - Parameter forgetting: Whether the synonyms that are exactly the name of a labelled field are unknown, as they
    ///   are for a vendor that nobody has thought of.
    private func figures(forgetting: Bool) throws -> [String: Figures] {
        let connection = try BlockingConnection(conninfo: MappingServer.shared().databaseURL)
        try connection.run("BEGIN")
        if forgetting { _ = try connection.rows(Self.forget, [Self.labels.get()]) }
        let rows = try connection.rows(Self.judge, [Self.labels.get()])
        try connection.run("ROLLBACK")
        var figures: [String: Figures] = [:]
        for row in rows {
            let cells = row.dropFirst().map { Double($0 ?? "") ?? .nan }
            guard let part = row[0], cells.count == 8 else { throw TestFailure("no figures: \(row)") }
            let found = Figures(
                fields: Int(cells[0]), labelled: Int(cells[1]), shown: Int(cells[2]), shownRight: Int(cells[3]),
                sure: Int(cells[4]), sureRight: Int(cells[5]), confidence: cells[6], brier: cells[7])
            figures[part] = found
            print(
                """
                \(part)\(forgetting ? ", names unknown" : ""): \(found.fields) fields, \(found.labelled) labelled; \
                shown \(found.shown), precision \(percent(found.precision)), recall \(percent(found.recall)); \
                applied \(found.sure), precision \(percent(found.surePrecision)), recall \(percent(found.sureRecall)); \
                confidence \(percent(found.confidence)), Brier \(found.brier)
                """)
        }
        return figures
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

    @Test("are right and complete on names of vendors that nothing was fitted on")
    func known() throws {
        let figures = try figures(forgetting: false)
        let held = try #require(figures["held"])
        let fit = try #require(figures["fit"])
        #expect(held.fields + fit.fields >= 200)
        #expect(held.precision >= 0.9)
        #expect(held.recall >= 0.85)
        #expect(held.surePrecision >= 0.95)
        #expect(held.sureRecall >= 0.75)
        #expect(fit.precision >= 0.9)
        #expect(fit.recall >= 0.85)
    }

    @Test("are good guesses for names that nobody has thought of")
    func unknown() throws {
        let held = try #require(figures(forgetting: true)["held"])
        #expect(held.precision >= 0.75)
        #expect(held.recall >= 0.6)
        #expect(held.surePrecision >= 0.75)
    }

    @Test("are as sure as they are right")
    func calibrated() throws {
        for forgetting in [false, true] {
            let held = try #require(figures(forgetting: forgetting)["held"])
            #expect(abs(held.confidence - held.precision) <= 0.12)
            #expect(held.brier <= 0.22)
        }
    }

    private static let forget = """
        DELETE FROM data.synonyms AS s
        USING (
            SELECT DISTINCT data.name_phrase(split_part(l.line, E'\\t', 4)) AS phrase
            FROM regexp_split_to_table($1, E'\\n') AS l (line)
            WHERE split_part(l.line, E'\\t', 6) NOT IN ('-', '', 'canonical')
        ) AS n
        WHERE s.phrase = n.phrase
        """

    private static let judge = """
        WITH labels AS MATERIALIZED (
            SELECT c.cells[1] AS split, c.cells[2] AS vendor, c.cells[3] AS object, c.cells[4] AS field,
                c.cells[5] AS type, nullif(c.cells[6], '-') AS canonical, l.position
            FROM regexp_split_to_table($1, E'\\n') WITH ORDINALITY AS l (line, position)
            CROSS JOIN LATERAL (SELECT string_to_array(l.line, E'\\t') AS cells) AS c
            WHERE l.position > 1 AND l.line <> ''
        ), objects AS MATERIALIZED (
            SELECT l.vendor, l.object,
                jsonb_agg(jsonb_build_object('column', l.field, 'type', l.type) ORDER BY l.position) AS columns
            FROM labels AS l
            GROUP BY l.vendor, l.object
        ), suggested AS MATERIALIZED (
            SELECT o.vendor, o.object, m.vendor_field, e.entity || '.' || m.canonical_field AS canonical, m.confidence
            FROM objects AS o
            CROSS JOIN LATERAL data.match_entity(o.object, o.columns) AS e
            CROSS JOIN LATERAL data.match_fields(e.entity, o.object, e.score, o.columns) AS m
            WHERE e.entity IS NOT NULL
        ), judged AS (
            SELECT l.split, l.canonical AS label, s.confidence, COALESCE(s.canonical = l.canonical, false) AS is_right
            FROM labels AS l
            LEFT JOIN suggested AS s ON s.vendor = l.vendor AND s.object = l.object AND s.vendor_field = l.field
        )
        SELECT
            j.split, count(*), count(j.label),
            count(*) FILTER (WHERE j.confidence >= 0.3), count(*) FILTER (WHERE j.confidence >= 0.3 AND j.is_right),
            count(*) FILTER (WHERE j.confidence >= 0.85), count(*) FILTER (WHERE j.confidence >= 0.85 AND j.is_right),
            round(avg(j.confidence) FILTER (WHERE j.confidence >= 0.3), 3),
            round(avg((j.confidence - j.is_right::int) ^ 2) FILTER (WHERE j.confidence IS NOT NULL), 3)
        FROM judged AS j
        GROUP BY j.split
        """
}
