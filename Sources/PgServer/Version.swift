/// The version of this server, as `--version`, `/metrics` and `Server:` tell it.
public let version = "0.1.0"
