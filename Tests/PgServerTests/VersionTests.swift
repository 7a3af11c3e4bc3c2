import Testing

@testable import PgServer

@Suite("The version")
struct VersionTests {
    @Test("has three numbers")
    func numbers() {
        #expect(version.split(separator: ".").count == 3)
    }
}
