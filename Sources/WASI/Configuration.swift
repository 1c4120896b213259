import PrecastArtifactFormat

/// Caps on what one call, or one guest, may ask of the host.
public struct WASILimits: Sendable {
    /// Buffers in one scattered read or write. More: ``Errno/inval``. At most 1024, as the kernel's.
    public var vectors: UInt32 = 1024
    /// Subscriptions in one `poll_oneoff`. More: ``Errno/inval``.
    public var subscriptions: UInt32 = 1024
    /// Bytes of one `random_get`. More: ``Errno/inval``.
    public var randomBytes: UInt32 = 16 << 20
    /// Open descriptors, standard streams and preopened directories included. More: ``Errno/mfile``.
    public var descriptors: UInt32 = 1024
    /// Bytes of one path or link target. More: ``Errno/nametoolong``. At most 4095, as the kernel's.
    public var pathBytes: UInt32 = 4095

    public init() {}
}

/// A directory of the host that the guest finds open, under a name of its own.
public struct Preopen: Sendable {
    /// Path of the directory on the host.
    public var host: [UInt8]
    /// The guest's name for it.
    public var guest: [UInt8]
    /// Whether nothing in it can be made, changed or removed.
    public var isReadOnly: Bool

    public init(host: [UInt8], guest: [UInt8], isReadOnly: Bool = false) {
        self.host = host
        self.guest = guest
        self.isReadOnly = isReadOnly
    }

    public init(host: String, guest: String, isReadOnly: Bool = false) {
        self.init(host: host.bytes, guest: guest.bytes, isReadOnly: isReadOnly)
    }

    /// What a command line says as `HOST` or `HOST::GUEST`; the guest's name is the host's where it is not given.
    public init(parsing text: [UInt8], isReadOnly: Bool = false) {
        let colon = UInt8(ascii: ":")
        var split = text.count
        for index in text.indices.dropLast() where split == text.count && text[index] == colon && text[index + 1] == colon { split = index }
        let host = [UInt8](text[..<split])
        self.init(host: host, guest: split == text.count ? host : [UInt8](text[(split + 2)...]), isReadOnly: isReadOnly)
    }
}

/// What a guest is given. By default: nothing but standard streams, clocks and randomness.
public struct WASIConfiguration: Sendable {
    /// How a path's directories are found.
    public enum PathResolution: CaseIterable, Sendable {
        /// By the kernel (`openat2`) where it can; else component by component.
        case automatic
        /// Component by component, as on kernels without `openat2` and in containers that forbid it.
        case componentWise
    }

    /// The program's name and its arguments.
    public var arguments: [[UInt8]] = []
    /// `NAME=VALUE` each.
    public var environment: [[UInt8]] = []
    /// Host descriptors of the guest's 0, 1 and 2, which stay the host's: they must stay open as long as the guest runs, and are
    /// not closed with it. Nil, or a descriptor that is not open: the guest has none.
    public var standardInput: Int32? = 0
    public var standardOutput: Int32? = 1
    public var standardError: Int32? = 2
    /// The guest's descriptors from 3 on.
    public var preopens: [Preopen] = []
    public var limits = WASILimits()
    /// Whether `path_open` opens devices and FIFOs, which may block for ever or act on being opened.
    public var allowsSpecialFiles = false
    public var pathResolution = PathResolution.automatic

    public init(arguments: [[UInt8]] = [], environment: [[UInt8]] = [], preopens: [Preopen] = []) {
        self.arguments = arguments
        self.environment = environment
        self.preopens = preopens
    }
}

/// Why a guest's environment could not be set up.
public enum WASISetupError: Error, Sendable, CustomStringConvertible {
    /// A preopened directory could not be opened.
    case preopen(path: String, reason: Errno)
    /// An argument, a variable, or a path holds a NUL byte, which the guest would take for its end.
    case containsNUL(String)
    /// There are more descriptors than the limit allows.
    case tooManyDescriptors(limit: UInt32)

    public var description: String {
        switch self {
        case .preopen(let path, let reason): "cannot open the directory '\(path)' for the guest: \(WASISetupError.words(for: reason))"
        case .containsNUL(let text): "'\(text)' holds a NUL byte, which arguments, variables and paths cannot"
        case .tooManyDescriptors(let limit): "more preopened directories than the limit of \(limit) descriptors allows"
        }
    }

    private static func words(for reason: Errno) -> String {
        switch reason {
        case .noent: "there is no such directory"
        case .notdir: "it is not a directory"
        case .acces, .perm: "permission denied"
        case .mfile, .nfile: "too many open files"
        case .loop: "too many symbolic links"
        case .nametoolong: "the name is too long"
        default: "WASI error \(reason.rawValue)"
        }
    }
}
