@testable import PgServer

/// Events and tenants for the tests of the relay.
enum RelaySamples {
    static func tenant(_ number: Int) -> TenantID {
        let digits = String(number, radix: 16)
        let text = "00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - digits.count) + digits
        guard let tenant = TenantID(text) else { preconditionFailure("\(text) is a UUID") }
        return tenant
    }

    static func event(
        _ serial: Int64, tenant: Int = 1, topic: String = "data.account", type: String = "data.account.created",
        subject: String? = nil
    ) -> EventHeader {
        EventHeader(
            serial: serial, tenant: self.tenant(tenant), position: serial, topic: topic, type: type, subject: subject,
            createdMicroseconds: 0)
    }

    static func route(_ id: Int, _ kind: RelayRoute.Kind = .frames, eventName: String? = nil) -> RelayRoute {
        RelayRoute(id: id, kind: kind, eventName: eventName)
    }

    static func frame(_ event: EventHeader, _ route: RelayRoute) -> EventFrame {
        EventFrame(event, epoch: 1, route: route, json: Array("{}".utf8).span)
    }

    static let accounts = StreamFilter(topics: ["data.account"])
}
