import Testing

@testable import PgServer

@Suite("A cache of credentials")
struct CredentialCacheTests {
    static func principal(_ number: Int = 0) throws -> Principal {
        try Principal(
            claimsJSON: Array("{\"tenant_id\":\"9497f49c-5e3b-496a-a10f-d7a5bbed1e21\",\"n\":\"\(number)\"}".utf8))
    }

    /// A cache with texts as credentials, at one generation unless another is named.
    struct Cache: ~Copyable {
        var cache: CredentialCache

        init(_ entryCountMax: Int) { cache = CredentialCache(entryCountMax: entryCountMax) }

        mutating func find(_ credential: String, at now: Int64 = 0, generation: UInt64 = 1) -> String? {
            let bytes = Array(credential.utf8)
            return cache.principal(for: bytes.span, at: now, generation: generation)?[claim: "n"]
        }

        mutating func insert(_ number: Int, until expiresAt: Int64 = 100, at now: Int64 = 0, generation: UInt64 = 1)
            throws
        {
            try insert("credential-\(number)", number, until: expiresAt, at: now, generation: generation)
        }

        mutating func insert(
            _ credential: String, _ number: Int, until expiresAt: Int64 = 100, at now: Int64 = 0, generation: UInt64 = 1
        ) throws {
            let bytes = Array(credential.utf8)
            cache.insert(
                try principal(number), for: bytes.span, expiresAt: expiresAt, at: now, generation: generation)
        }
    }

    @Test("finds what was put in, and nothing like it")
    func find() throws {
        var cache = Cache(10)
        try cache.insert("eyJhbGciOiJFUzI1NiJ9.a.b", 1)
        #expect(cache.find("eyJhbGciOiJFUzI1NiJ9.a.b") == "1")
        #expect(cache.find("eyJhbGciOiJFUzI1NiJ9.a.c") == nil)
        #expect(cache.find("eyJhbGciOiJFUzI1NiJ9.a.") == nil)
        #expect(cache.find("") == nil)
        try cache.insert("eyJhbGciOiJFUzI1NiJ9.a.b", 2)
        #expect(cache.find("eyJhbGciOiJFUzI1NiJ9.a.b") == "2")
        #expect(cache.cache.count == 1)
    }

    @Test("never gives an expired entry, and drops it when asked")
    func expiry() throws {
        var cache = Cache(10)
        try cache.insert(1, until: 100)
        #expect(cache.find("credential-1", at: 99) == "1")
        #expect(cache.find("credential-1", at: 100) == nil)
        #expect(cache.cache.count == 0)
        try cache.insert(2, until: 100, at: 100)
        #expect(cache.cache.count == 0)
    }

    @Test("forgets all when the key set changes, and takes no late answer from the old one")
    func generation() throws {
        var cache = Cache(10)
        try cache.insert(1, generation: 1)
        #expect(cache.find("credential-1", generation: 2) == nil)
        #expect(cache.cache.count == 0)
        try cache.insert(1, generation: 1)
        #expect(cache.find("credential-1", generation: 2) == nil)
        try cache.insert(1, generation: 2)
        #expect(cache.find("credential-1", generation: 2) == "1")
    }

    @Test("keeps as many as its limit, those in use rather than others")
    func eviction() throws {
        var cache = Cache(100)
        for number in 0..<100 { try cache.insert(number) }
        #expect(cache.cache.count == 100)
        for number in 0..<50 { #expect(cache.find("credential-\(number)") == "\(number)") }
        for number in 100..<150 { try cache.insert(number) }
        #expect(cache.cache.count == 100)
        for number in 0..<50 { #expect(cache.find("credential-\(number)") == "\(number)") }
        for number in 50..<100 { #expect(cache.find("credential-\(number)") == nil) }
        for number in 100..<150 { #expect(cache.find("credential-\(number)") == "\(number)") }
    }

    @Test("makes room with expired entries, though they were used")
    func expiredFirst() throws {
        var cache = Cache(2)
        try cache.insert(1, until: 10)
        try cache.insert(2, until: 100)
        #expect(cache.find("credential-1") == "1")
        #expect(cache.find("credential-2") == "2")
        try cache.insert(3, until: 100, at: 50)
        #expect(cache.find("credential-2", at: 50) == "2")
        #expect(cache.find("credential-3", at: 50) == "3")
    }

    @Test("works with room for one")
    func smallest() throws {
        var cache = Cache(1)
        for number in 0..<20 {
            try cache.insert(number)
            #expect(cache.find("credential-\(number)") == "\(number)")
            #expect(cache.cache.count == 1)
        }
    }

    @Test("does not keep a credential over the limit")
    func longest() throws {
        var cache = Cache(2)
        let longest = String(repeating: "x", count: CredentialCache.credentialByteCountMax)
        try cache.insert(longest, 1)
        try cache.insert(longest + "x", 2)
        #expect(cache.find(longest) == "1")
        #expect(cache.find(longest + "x") == nil)
    }

    @Test("agrees with a dictionary over a long and mixed history")
    func model() throws {
        var cache = Cache(400)
        var model: [String: (number: Int, expiresAt: Int64)] = [:]
        var random = SystemRandomNumberGenerator()
        for now in 0..<Int64(4000) {
            let number = Int.random(in: 0..<300, using: &random)
            let credential = "credential-\(number)"
            if Bool.random(using: &random) {
                let expiresAt = now + Int64.random(in: 1..<500, using: &random)
                try cache.insert(number, until: expiresAt, at: now)
                model[credential] = (number, expiresAt)
            } else {
                let known = model[credential].flatMap { now < $0.expiresAt ? "\($0.number)" : nil }
                #expect(cache.find(credential, at: now) == known)
            }
        }
    }
}
