/// The administrator's connection, with failures told in a command's words.
struct Database {
    let connection: BlockingConnection

    init(_ configuration: Configuration) throws(CommandError) {
        let keywords: [(String, String)]
        do throws(ConfigurationError) { keywords = try configuration.administratorKeywords() } catch {
            throw .configuration(error)
        }
        do throws(PostgresError) { connection = try BlockingConnection(keywords: keywords) } catch {
            throw .failed("cannot connect as PGSERVER_DATABASE_URL says: \(error.failure.message)")
        }
    }

    func run(_ script: String) throws(CommandError) {
        do throws(PostgresError) { try connection.run(script) } catch { throw .postgres(error) }
    }

    func rows(_ sql: String, _ parameters: [String?] = []) throws(CommandError) -> [[String?]] {
        do throws(PostgresError) { return try connection.rows(sql, parameters) } catch { throw .postgres(error) }
    }
}
