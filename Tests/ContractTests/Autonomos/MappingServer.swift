@testable import PgServer

/// The server that the suites about mappings share. It has workers, for bulk mappings are jobs.
enum MappingServer {
    static func shared() throws -> RunningServer { try sharedResult.get() }

    private static let sharedResult = Result {
        let url = try TestCluster.createDeployedDatabase("mappings_\(Probe.unique())")
        let environment = IdentityServer.environment.merging(["PGSERVER_WORKERS": "2"]) { $1 }
        return try RunningServer(databaseURL: url, environment: environment)
    }
}

extension Account {
    /// A connection of this tenant whose relations are known, as a discovery leaves them.
    ///
    /// - Returns: its id.
    func addSource(_ relations: String?, system: String = "salesforce") throws -> String {
        let rows = try server.sql(
            """
            WITH connection AS (
                INSERT INTO data.connections (tenant_id, slug, name, connection_type, source_system, status)
                VALUES ($1::uuid, 'source-' || gen_random_uuid(), 'Source', 'push', $2, 'ACTIVE')
                RETURNING tenant_id, connection_id
            ), snapshot AS (
                INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
                SELECT tenant_id, connection_id, 1, $3::jsonb, '\\x00' FROM connection WHERE $3 IS NOT NULL
            )
            SELECT connection_id FROM connection
            """, [tenantID, system, relations])
        guard let id = rows.first?[0] else { throw TestFailure("no connection was made") }
        return id
    }

    /// The id of the one suggestion in the queue that is about a column.
    func suggestion(_ vendorField: String) throws -> String {
        let rows = try sql(
            "SELECT suggestion_id FROM data.mapping_suggestions WHERE vendor_field = $1 AND status = 'pending'",
            [vendorField])
        guard rows.count == 1, let id = rows[0][0] else { throw TestFailure("\(vendorField): \(rows.count) wait") }
        return id
    }
}

/// Relations that the suites ask about.
enum SourceRelations {
    static let contacts = """
        [{"relation": "Contact", "key_columns": ["Id"], "columns": [
            {"column": "Id", "type": "text"}, {"column": "FirstName", "type": "text"}, {"column": "Email", "type": "text"},
            {"column": "MainContactNumber", "type": "text"}]}]
        """
    static let accounts = """
        [{"relation": "Account", "key_columns": ["Id"], "columns": [
            {"column": "Id", "type": "text"}, {"column": "Name", "type": "text"}, {"column": "Line", "type": "text"}]}]
        """
}
