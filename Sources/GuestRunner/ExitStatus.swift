public import PrecastRuntime

/// How a command that runs a guest ends, where it is not the guest that says so.
public enum ExitStatus {
    /// The loader, its options, or what the guest imports are at fault.
    public static let loaderError: Int32 = 125
    /// The artifact (or module) cannot be run here.
    public static let refused: Int32 = 126
    public static let notFound: Int32 = 127
    public static let trap: Int32 = 134
}

/// Says on standard error why a guest does not run.
public struct Reporter: Sendable {
    private let prefix: String

    /// - Parameter prefix: what every message begins with, its colon and space included.
    public init(prefix: String) { self.prefix = prefix }

    public func report(_ message: String, about file: String? = nil) {
        writeText(prefix + (file.map { escaped($0) + ": " } ?? "") + message + "\n", to: 2)
    }

    /// Reports why `file` did not load. - Returns: the exit status.
    public func report(_ error: LoadError, about file: String) -> Int32 {
        if case .file = error {
            report(error.description)
        } else {
            report(error.description, about: file)
        }
        return error.isNotFound ? ExitStatus.notFound : error.isRefusal ? ExitStatus.refused : ExitStatus.loaderError
    }
}
