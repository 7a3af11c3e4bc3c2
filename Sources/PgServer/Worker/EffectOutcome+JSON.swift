extension EffectOutcome {
    /// An outcome without a result.
    ///
    /// - Parameter members: what else is known, each as `"name":value`.
    init(_ failure: EffectFailure, after duration: Duration, _ members: [String] = []) {
        var json = Array("{\"error\":{\"code\":\"\(failure.code.rawValue)\",\"message\":".utf8)
        JSONWriter.appendQuoted(failure.message, to: &json)
        json += Array("},".utf8)
        for member in members { json += Array("\(member),".utf8) }
        json += Array("\"duration_ms\":\(duration.wholeMilliseconds)}".utf8)
        self.init(json: json)
    }
}

extension Duration {
    /// For people and statistics: what is less than a millisecond is left out.
    var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
