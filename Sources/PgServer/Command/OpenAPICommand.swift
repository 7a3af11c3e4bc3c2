/// `pg-server openapi`: the document that the last deployment stored.
struct OpenAPICommand {
    let database: Database

    func run() throws(CommandError) -> Int32 {
        let rows = try database.rows("SELECT document.body FROM api.documents AS document WHERE name = 'openapi.json'")
        guard let document = rows.first?.first.flatMap({ $0 }) else {
            throw .failed("no document is stored yet; pg-server migrate makes it")
        }
        print(document)
        return 0
    }
}
