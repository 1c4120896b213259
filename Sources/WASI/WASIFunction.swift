/// A call's arguments, as a host trampoline leaves them: 16 bytes each, the value in the low ones.
public struct WASIArguments {
    private let slots: UnsafeRawPointer
    static let stride = 16

    /// - Precondition: there are as many slots as the function has parameters.
    public init(_ slots: UnsafeRawPointer) { self.slots = slots }

    subscript(index: Int) -> UInt32 { slots.load(fromByteOffset: index * WASIArguments.stride, as: UInt32.self) }
    func wide(_ index: Int) -> UInt64 { slots.load(fromByteOffset: index * WASIArguments.stride, as: UInt64.self) }
}

/// A function of `wasi_snapshot_preview1`: one row of ``all``.
public struct WASIFunction: Sendable {
    typealias Call = @Sendable (WASIContext, GuestMemory, WASIArguments) throws(Errno) -> Void
    typealias Signal = @Sendable (WASIContext, WASIArguments) throws(Errno) -> Int32?
    typealias Exit = @Sendable (WASIArguments) -> Int32
    enum Body: Sendable {
        /// Returns to the guest, with an errno.
        case call(Call)
        /// Ends the guest with an exit code, or returns to it as a call does.
        case signal(Signal)
        /// Ends the guest with an exit code.
        case exit(Exit)
    }

    public static let module = "wasi_snapshot_preview1"
    public let name: String
    /// The parameters' types: `i` for i32, `I` for i64.
    public let parameters: StaticString
    let body: Body
    /// Whether there is a result: an errno, as i32.
    public var hasResult: Bool { if case .exit = body { false } else { true } }

    private init(_ name: String, _ parameters: StaticString, _ call: @escaping Call) { (self.name, self.parameters, body) = (name, parameters, .call(call)) }
    private init(_ name: String, _ parameters: StaticString, signal: @escaping Signal) { (self.name, self.parameters, body) = (name, parameters, .signal(signal)) }
    private init(_ name: String, _ parameters: StaticString, exit: @escaping Exit) { (self.name, self.parameters, body) = (name, parameters, .exit(exit)) }

    /// How a call ended.
    public enum Outcome: Equatable, Sendable {
        case returned(Errno)
        case exit(Int32)
    }

    public func callAsFunction(_ context: WASIContext, _ memory: GuestMemory, _ arguments: WASIArguments) -> Outcome {
        do throws(Errno) {
            switch body {
            case .call(let call): try call(context, memory, arguments)
            case .signal(let signal): if let code = try signal(context, arguments) { return .exit(code) }
            case .exit(let exit): return .exit(exit(arguments))
            }
            return .returned(.success)
        } catch {
            return .returned(error)
        }
    }

    /// Every function of preview 1, by name.
    public static let all: [WASIFunction] = [
        .init("args_get", "ii") { c, m, a throws(Errno) in try c.argsGet(m, a[0], a[1]) },
        .init("args_sizes_get", "ii") { c, m, a throws(Errno) in try c.argsSizesGet(m, a[0], a[1]) },
        .init("clock_res_get", "ii") { c, m, a throws(Errno) in try c.clockResGet(m, a[0], a[1]) },
        .init("clock_time_get", "iIi") { c, m, a throws(Errno) in try c.clockTimeGet(m, a[0], a[2]) },
        .init("environ_get", "ii") { c, m, a throws(Errno) in try c.environGet(m, a[0], a[1]) },
        .init("environ_sizes_get", "ii") { c, m, a throws(Errno) in try c.environSizesGet(m, a[0], a[1]) },
        .init("fd_advise", "iIIi") { c, m, a throws(Errno) in try c.fdAdvise(a[0], a.wide(1), a.wide(2), a[3]) },
        .init("fd_allocate", "iII") { c, m, a throws(Errno) in try c.fdAllocate(a[0], a.wide(1), a.wide(2)) },
        .init("fd_close", "i") { c, m, a throws(Errno) in try c.fdClose(a[0]) },
        .init("fd_datasync", "i") { c, m, a throws(Errno) in try c.fdDatasync(a[0]) },
        .init("fd_fdstat_get", "ii") { c, m, a throws(Errno) in try c.fdFdstatGet(m, a[0], a[1]) },
        .init("fd_fdstat_set_flags", "ii") { c, m, a throws(Errno) in try c.fdFdstatSetFlags(a[0], a[1]) },
        .init("fd_fdstat_set_rights", "iII") { c, m, a throws(Errno) in try c.fdFdstatSetRights(a[0], a.wide(1), a.wide(2)) },
        .init("fd_filestat_get", "ii") { c, m, a throws(Errno) in try c.fdFilestatGet(m, a[0], a[1]) },
        .init("fd_filestat_set_size", "iI") { c, m, a throws(Errno) in try c.fdFilestatSetSize(a[0], a.wide(1)) },
        .init("fd_filestat_set_times", "iIIi") { c, m, a throws(Errno) in try c.fdFilestatSetTimes(a[0], a.wide(1), a.wide(2), a[3]) },
        .init("fd_pread", "iiiIi") { c, m, a throws(Errno) in try c.fdPread(m, a[0], a[1], a[2], a.wide(3), a[4]) },
        .init("fd_prestat_dir_name", "iii") { c, m, a throws(Errno) in try c.fdPrestatDirName(m, a[0], a[1], a[2]) },
        .init("fd_prestat_get", "ii") { c, m, a throws(Errno) in try c.fdPrestatGet(m, a[0], a[1]) },
        .init("fd_pwrite", "iiiIi") { c, m, a throws(Errno) in try c.fdPwrite(m, a[0], a[1], a[2], a.wide(3), a[4]) },
        .init("fd_read", "iiii") { c, m, a throws(Errno) in try c.fdRead(m, a[0], a[1], a[2], a[3]) },
        .init("fd_readdir", "iiiIi") { c, m, a throws(Errno) in try c.fdReaddir(m, a[0], a[1], a[2], a.wide(3), a[4]) },
        .init("fd_renumber", "ii") { c, m, a throws(Errno) in try c.fdRenumber(a[0], a[1]) },
        .init("fd_seek", "iIii") { c, m, a throws(Errno) in try c.fdSeek(m, a[0], a.wide(1), a[2], a[3]) },
        .init("fd_sync", "i") { c, m, a throws(Errno) in try c.fdSync(a[0]) },
        .init("fd_tell", "ii") { c, m, a throws(Errno) in try c.fdTell(m, a[0], a[1]) },
        .init("fd_write", "iiii") { c, m, a throws(Errno) in try c.fdWrite(m, a[0], a[1], a[2], a[3]) },
        .init("path_create_directory", "iii") { c, m, a throws(Errno) in try c.pathCreateDirectory(m, a[0], a[1], a[2]) },
        .init("path_filestat_get", "iiiii") { c, m, a throws(Errno) in try c.pathFilestatGet(m, a[0], a[1], a[2], a[3], a[4]) },
        .init("path_filestat_set_times", "iiiiIIi") { c, m, a throws(Errno) in
            try c.pathFilestatSetTimes(m, a[0], a[1], a[2], a[3], a.wide(4), a.wide(5), a[6]) },
        .init("path_link", "iiiiiii") { c, m, a throws(Errno) in try c.pathLink(m, a[0], a[1], a[2], a[3], a[4], a[5], a[6]) },
        .init("path_open", "iiiiiIIii") { c, m, a throws(Errno) in
            try c.pathOpen(m, a[0], a[1], a[2], a[3], a[4], a.wide(5), a.wide(6), a[7], a[8]) },
        .init("path_readlink", "iiiiii") { c, m, a throws(Errno) in try c.pathReadlink(m, a[0], a[1], a[2], a[3], a[4], a[5]) },
        .init("path_remove_directory", "iii") { c, m, a throws(Errno) in try c.pathRemoveDirectory(m, a[0], a[1], a[2]) },
        .init("path_rename", "iiiiii") { c, m, a throws(Errno) in try c.pathRename(m, a[0], a[1], a[2], a[3], a[4], a[5]) },
        .init("path_symlink", "iiiii") { c, m, a throws(Errno) in try c.pathSymlink(m, a[0], a[1], a[2], a[3], a[4]) },
        .init("path_unlink_file", "iii") { c, m, a throws(Errno) in try c.pathUnlinkFile(m, a[0], a[1], a[2]) },
        .init("poll_oneoff", "iiii") { c, m, a throws(Errno) in try c.pollOneoff(m, a[0], a[1], a[2], a[3]) },
        .init("proc_exit", "i", exit: { a in Int32(bitPattern: a[0]) }),
        .init("proc_raise", "i", signal: { c, a throws(Errno) in try c.procRaise(a[0]) }),
        .init("random_get", "ii") { c, m, a throws(Errno) in try c.randomGet(m, a[0], a[1]) },
        .init("sched_yield", "") { c, m, a throws(Errno) in c.schedYield() },
        .init("sock_accept", "iii") { c, m, a throws(Errno) in try c.sockAccept(m, a[0], a[1], a[2]) },
        .init("sock_recv", "iiiiii") { c, m, a throws(Errno) in try c.sockRecv(m, a[0], a[1], a[2], a[3], a[4], a[5]) },
        .init("sock_send", "iiiii") { c, m, a throws(Errno) in try c.sockSend(m, a[0], a[1], a[2], a[3], a[4]) },
        .init("sock_shutdown", "ii") { c, m, a throws(Errno) in try c.sockShutdown(a[0], a[1]) },
    ]
}
