import Testing

@testable import PgServer

@Suite("A tenant's id")
struct TenantIDTests {
    @Test("is a UUID, whose digits are told apart without regard to case")
    func identity() throws {
        let text = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
        let id = try #require(TenantID(text))
        #expect(id.text == text)
        #expect(TenantID(text.uppercased()) == id)
        #expect(TenantID("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f1") != id)
        #expect(TenantID("1f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0") != id)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f",
            "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1fg", "0f1e2d3c4-b5a-6978-8796-a5b4c3d2e1f0",
            "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f00",
        ])
    func refused(_ text: String) {
        #expect(TenantID(text) == nil)
    }
}
