import CWASISupport

// From a guest's path to the one directory entry that it names.
//
// Everything a path can do to get out, it does in its directories or by a link in its last component. So a path is split
// there: all but the last component is opened as a directory, and what is left is one name in it, on which the system
// calls are made without following links.
//
// Directories are opened in one of two ways with the same meaning. `openat2` lets the kernel refuse every step out of the starting
// directory, and every magic link of /proc. Where there is none, the walk below opens one component at a time, follows links by
// reading their text, and takes `..` back to the descriptor it came from, not to what the kernel now calls the parent: so a
// directory that is renamed meanwhile takes the walk nowhere it has not been. Either way a name swapped for a link between two
// calls makes the call fail, for no call follows the last component.

/// Links followed in one path before it counts as a loop; as the kernel's.
private let linkLimit = 40
/// Directories that the component-wise walk holds open at once.
private let depthLimit = 256

/// A directory entry: a directory, and one name in it that is never `..` and never ends in a slash.
struct Entry: ~Copyable {
    let directory: Int32
    private let isOwned: Bool
    /// NUL-terminated.
    let name: [UInt8]
    /// Whether the path ended in a slash: only a directory will do.
    let wantsDirectory: Bool
    /// What is there, where that was asked for; nil when nothing is.
    let status: precast_wasi_status?

    var type: FileType? { status.map { FileType(code: $0.type) } }

    fileprivate init(_ directory: consuming OpenDirectory, _ name: [UInt8], wantsDirectory: Bool, status: precast_wasi_status?) {
        (self.directory, isOwned) = directory.release()
        self.name = name
        self.wantsDirectory = wantsDirectory
        self.status = status
    }

    deinit {
        if isOwned { precast_wasi_close(directory) }
    }
}

/// A directory's descriptor, closed with this value if it is its own.
private struct OpenDirectory: ~Copyable {
    private var file: Int32
    private var isOwned: Bool

    init(borrowing file: Int32) { (self.file, isOwned) = (file, false) }
    init(owning file: Int32) { (self.file, isOwned) = (file, true) }

    var descriptor: Int32 { file }

    consuming func release() -> (Int32, isOwned: Bool) {
        let result = (file, isOwned)
        isOwned = false
        return result
    }

    deinit {
        if isOwned { precast_wasi_close(file) }
    }
}

/// What is done about the last component.
enum LastComponent {
    /// It is the name of something to make, remove or move: not looked at, unless a slash follows it.
    case named
    /// It is looked at, and a link there is what the path means (unless a slash follows it).
    case looked
    /// A link there is followed.
    case followed
}

extension WASIContext {
    /// A path in guest memory: no NUL, not empty, not absolute.
    func path(_ memory: GuestMemory, _ address: UInt32, _ count: UInt32) throws(Errno) -> [UInt8] {
        let bytes = try memory.bytes(address, UInt64(count))
        guard count > 0 else { throw .noent }
        guard count <= min(limits.pathBytes, 4095) else { throw .nametoolong }
        let path = [UInt8](bytes)
        guard !path.contains(0) else { throw .inval }
        guard path[0] != slash else { throw .perm }
        return path
    }

    /// The entry that `path` names, resolved beneath `base`.
    func entry(_ base: Descriptor, _ path: [UInt8], _ last: LastComponent) throws(Errno) -> Entry {
        var path = path
        for _ in 0...linkLimit {
            let split = SplitPath(path)
            let directory = try openDirectory(base.file, split.directory)
            guard last != .named || split.wantsDirectory else {
                return Entry(directory, split.name, wantsDirectory: false, status: nil)
            }
            let status = try status(directory.descriptor, split.name), type = status.map { FileType(code: $0.type) }
            guard type == .symbolicLink, last == .followed || last == .looked && split.wantsDirectory else {
                guard !split.wantsDirectory || type == nil || type == .directory else { throw .notdir }
                return Entry(directory, split.name, wantsDirectory: split.wantsDirectory, status: status)
            }
            guard let target = try linkTarget(directory.descriptor, split.name) else { continue }
            path = split.directory + (split.directory.isEmpty ? [] : [slash]) + target + (split.wantsDirectory ? [slash] : [])
            guard path.count <= 4095 else { throw .nametoolong }
        }
        throw .loop
    }

    /// A directory's entry, links not followed; nil when there is none.
    private func status(_ directory: Int32, _ name: [UInt8]) throws(Errno) -> precast_wasi_status? {
        var status = precast_wasi_status()
        do throws(Errno) {
            try check(precast_wasi_get_status(directory, name, &status))
        } catch {
            if error == .noent { return nil }
            throw error
        }
        return status
    }

    /// The text of a link, which must not be absolute; nil where there is something else by now. `name` is NUL-terminated;
    /// empty, it is the link that `directory` itself is.
    private func linkTarget(_ directory: Int32, _ name: [UInt8]) throws(Errno) -> [UInt8]? {
        var target = [UInt8](repeating: 0, count: 4096)
        let result = precast_wasi_read_link(directory, name, &target, UInt64(target.count))
        if result == -Int64(Errno.inval.rawValue) { return nil }
        let count = Int(try check(result))
        guard count < target.count else { throw .nametoolong }
        guard count > 0 else { throw .noent }
        guard target[0] != slash else { throw .perm }
        target.removeLast(target.count - count)
        return target
    }

    /// The directory that `path` leads to, beneath `base`.
    private func openDirectory(_ base: Int32, _ path: [UInt8]) throws(Errno) -> OpenDirectory {
        guard !path.isEmpty else { return OpenDirectory(borrowing: base) }
        if resolution == .automatic {
            let file = precast_wasi_open_beneath(base, path + [0])
            if file != PRECAST_WASI_UNRESOLVED { return OpenDirectory(owning: try check(file)) }
        }
        return try walk(base, path)
    }

    /// The same, one component at a time.
    private func walk(_ base: Int32, _ path: [UInt8]) throws(Errno) -> OpenDirectory {
        var trail = Trail()
        var rest = path[...], links = 0
        while !rest.isEmpty {
            let end = rest.firstIndex(of: slash) ?? rest.endIndex
            let component = [UInt8](rest[..<end])
            rest = rest[end...].drop { $0 == slash }
            switch component {
            case [], [dot]: continue
            case [dot, dot]: try trail.pop()
            default:
                var code: UInt8 = 0
                let place = OpenDirectory(owning: try check(precast_wasi_open_place(trail.last ?? base, component + [0], &code)))
                switch FileType(code: code) {
                case .directory: try trail.push(place)
                case .symbolicLink:
                    links += 1
                    guard links <= linkLimit else { throw .loop }
                    guard let target = try linkTarget(place.descriptor, [0]) else { throw .loop }
                    rest = (target + [slash] + rest)[...]
                    guard rest.count <= 4095 else { throw .nametoolong }
                default: throw .notdir
                }
            }
        }
        guard trail.last == nil else { return trail.takeLast() }
        var code: UInt8 = 0
        return OpenDirectory(owning: try check(precast_wasi_open_place(base, [dot, 0], &code)))
    }
}

/// The directories from the walk's start to where it is, each kept open for the way back.
private struct Trail: ~Copyable {
    private var files: [Int32] = []

    var last: Int32? { files.last }

    mutating func push(_ directory: consuming OpenDirectory) throws(Errno) {
        guard files.count < depthLimit else { throw .nametoolong }
        files.append(directory.release().0)
    }

    /// Goes back by one; out of the start is refused.
    mutating func pop() throws(Errno) {
        guard let file = files.popLast() else { throw .perm }
        precast_wasi_close(file)
    }

    /// - Precondition: ``last`` is not nil.
    mutating func takeLast() -> OpenDirectory { OpenDirectory(owning: files.removeLast()) }

    deinit {
        for file in files { precast_wasi_close(file) }
    }
}

/// A path in two: `a/b/c` is `c` in `a/b`; what ends in `.` or `..` is the entry `.` of the whole path.
private struct SplitPath {
    let directory: [UInt8]
    /// NUL-terminated.
    let name: [UInt8]
    let wantsDirectory: Bool

    init(_ path: [UInt8]) {
        var end = path.count
        while end > 1, path[end - 1] == slash { end -= 1 }
        var start = end
        while start > 0, path[start - 1] != slash { start -= 1 }
        let last = path[start..<end]
        if last.elementsEqual([dot]) || last.elementsEqual([dot, dot]) {
            (directory, name) = (path, [dot, 0])
        } else {
            (directory, name) = ([UInt8](path[..<start]), last + [0])
        }
        wantsDirectory = end < path.count
    }
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")
