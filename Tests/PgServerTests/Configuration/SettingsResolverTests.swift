import Testing

@testable import PgServer

@Suite("The settings of the catalog")
struct SettingsResolverTests {
    static let rows = [
        SettingsResolver.Row(name: "auth.enabled", environment: "AUTH_ENABLED", type: "boolean", value: "true"),
        SettingsResolver.Row(name: "auth.cost", environment: "AUTH_COST", type: "integer", value: "12"),
        SettingsResolver.Row(name: "auth.title", environment: "", type: "text", value: "A \"b\"\n"),
        SettingsResolver.Row(name: "auth.key", environment: "AUTH_KEY", type: "text", value: nil),
    ]

    private func resolve(_ environment: [String: String]) -> SettingsResolver.Resolution {
        SettingsResolver.resolve(Self.rows) { environment[$0] }
    }

    @Test("are the database's where the environment is silent")
    func database() {
        let resolution = resolve([:])
        #expect(
            resolution.resolved
                == #"{"auth.cost":12,"auth.enabled":true,"auth.key":null,"auth.title":"A \"b\"\u000a"}"#)
        #expect(resolution.overrides == "{}")
        #expect(resolution.faults.isEmpty)
    }

    @Test("are the environment's where it speaks, and only those are overrides")
    func environment() {
        let resolution = resolve(["AUTH_ENABLED": "0", "AUTH_KEY": ""])
        #expect(resolution.overrides == #"{"auth.enabled":false,"auth.key":""}"#)
        #expect(resolution.resolved.contains(#""auth.enabled":false"#))
    }

    @Test("are never read from a variable without a name")
    func unnamed() {
        #expect(!resolve(["": "x"]).resolved.contains("x\""))
    }

    @Test(
        "refuse a value of another type, and say where it stands",
        arguments: [
            ("AUTH_ENABLED", "perhaps", "AUTH_ENABLED: 'perhaps' is not valid; expected true or false."),
            ("AUTH_COST", "12.5", "AUTH_COST: '12.5' is not valid; expected a whole number."),
            ("AUTH_COST", "+1", "AUTH_COST: '+1' is not valid; expected a whole number."),
        ])
    func faults(_ name: String, _ value: String, _ sentence: String) {
        #expect(resolve([name: value]).faults == [sentence])
    }

    @Test("refuse a value of the database that is not of its type")
    func databaseFault() {
        let row = SettingsResolver.Row(name: "auth.cost", environment: "AUTH_COST", type: "integer", value: "many")
        let resolution = SettingsResolver.resolve([row]) { _ in nil }
        #expect(resolution.faults == ["setting auth.cost: 'many' is not valid; expected a whole number."])
    }
}
