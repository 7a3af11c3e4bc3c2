/// Why the server does not start: one sentence for each fault, fit to be shown to whoever starts it.
package struct ConfigurationError: Error, Equatable, Sendable {
    package var sentences: [String]
}
