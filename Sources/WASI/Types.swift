/// What a descriptor refers to. FIFOs and the like are `unknown`: preview 1 has no name for them.
public enum FileType: UInt8, Sendable {
    case unknown, blockDevice, characterDevice, directory, regularFile, socketDatagram, socketStream, symbolicLink

    init(code: UInt8) { self = FileType(rawValue: code) ?? .unknown }

    var isSocket: Bool { self == .socketDatagram || self == .socketStream }
    /// Whether opening it touches nothing but the file system.
    var isOrdinary: Bool { self == .regularFile || self == .directory }
}

/// What may be done through a descriptor: `rights`.
public struct Rights: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let fdDatasync = Rights(rawValue: 1 << 0)
    public static let fdRead = Rights(rawValue: 1 << 1)
    public static let fdSeek = Rights(rawValue: 1 << 2)
    public static let fdSetFlags = Rights(rawValue: 1 << 3)
    public static let fdSync = Rights(rawValue: 1 << 4)
    public static let fdTell = Rights(rawValue: 1 << 5)
    public static let fdWrite = Rights(rawValue: 1 << 6)
    public static let fdAdvise = Rights(rawValue: 1 << 7)
    public static let fdAllocate = Rights(rawValue: 1 << 8)
    public static let pathCreateDirectory = Rights(rawValue: 1 << 9)
    public static let pathCreateFile = Rights(rawValue: 1 << 10)
    public static let pathLinkSource = Rights(rawValue: 1 << 11)
    public static let pathLinkTarget = Rights(rawValue: 1 << 12)
    public static let pathOpen = Rights(rawValue: 1 << 13)
    public static let fdReaddir = Rights(rawValue: 1 << 14)
    public static let pathReadlink = Rights(rawValue: 1 << 15)
    public static let pathRenameSource = Rights(rawValue: 1 << 16)
    public static let pathRenameTarget = Rights(rawValue: 1 << 17)
    public static let pathFilestatGet = Rights(rawValue: 1 << 18)
    public static let pathSetSize = Rights(rawValue: 1 << 19)
    public static let pathSetTimes = Rights(rawValue: 1 << 20)
    public static let fdFilestatGet = Rights(rawValue: 1 << 21)
    public static let fdSetSize = Rights(rawValue: 1 << 22)
    public static let fdSetTimes = Rights(rawValue: 1 << 23)
    public static let pathSymlink = Rights(rawValue: 1 << 24)
    public static let pathRemoveDirectory = Rights(rawValue: 1 << 25)
    public static let pathUnlinkFile = Rights(rawValue: 1 << 26)
    public static let pollReadWrite = Rights(rawValue: 1 << 27)
    public static let sockShutdown = Rights(rawValue: 1 << 28)
    public static let sockAccept = Rights(rawValue: 1 << 29)

    /// Those that mean something on terminals, pipes and unnamed kinds of file.
    public static let stream: Rights = [.fdRead, .fdWrite, .fdSetFlags, .fdSync, .fdDatasync, .fdFilestatGet, .pollReadWrite]
    public static let file: Rights = [.stream, .fdSeek, .fdTell, .fdAdvise, .fdAllocate, .fdSetSize, .fdSetTimes]
    public static let socket: Rights = [.fdRead, .fdWrite, .fdSetFlags, .fdFilestatGet, .pollReadWrite, .sockShutdown, .sockAccept]
    public static let directory: Rights = [
        .fdSetFlags, .fdSync, .fdDatasync, .fdReaddir, .fdFilestatGet, .fdSetTimes, .pathCreateDirectory, .pathCreateFile,
        .pathLinkSource, .pathLinkTarget, .pathOpen, .pathReadlink, .pathRenameSource, .pathRenameTarget, .pathFilestatGet,
        .pathSetSize, .pathSetTimes, .pathSymlink, .pathRemoveDirectory, .pathUnlinkFile,
    ]
    /// Those that a read-only tree withholds. Linking and renaming away are among them: both make a file changeable elsewhere.
    public static let changing: Rights = [
        .fdWrite, .fdAllocate, .fdSetSize, .fdSetTimes, .pathCreateDirectory, .pathCreateFile, .pathLinkSource, .pathLinkTarget,
        .pathRenameSource, .pathRenameTarget, .pathSetSize, .pathSetTimes, .pathSymlink, .pathRemoveDirectory, .pathUnlinkFile,
    ]

    static func all(of type: FileType) -> Rights {
        switch type {
        case .directory: .directory
        case .regularFile, .blockDevice: .file
        case .socketStream, .socketDatagram: .socket
        default: .stream
        }
    }
}

/// `fdflags`.
public struct DescriptorFlags: OptionSet, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let append = DescriptorFlags(rawValue: 1)
    public static let dsync = DescriptorFlags(rawValue: 2)
    public static let nonblock = DescriptorFlags(rawValue: 4)
    public static let rsync = DescriptorFlags(rawValue: 8)
    public static let sync = DescriptorFlags(rawValue: 16)
    static let known: DescriptorFlags = [.append, .dsync, .nonblock, .rsync, .sync]
    /// Those that can change on an open file.
    static let changeable: DescriptorFlags = [.append, .nonblock]
}

/// `oflags`.
struct OpenFlags: OptionSet {
    let rawValue: UInt16
    static let create = OpenFlags(rawValue: 1)
    static let directory = OpenFlags(rawValue: 2)
    static let exclusive = OpenFlags(rawValue: 4)
    static let truncate = OpenFlags(rawValue: 8)
    static let known: OpenFlags = [.create, .directory, .exclusive, .truncate]
}
