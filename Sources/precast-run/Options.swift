import PrecastArtifactFormat
import PrecastGuestRunner
import PrecastRuntime

/// What the command line asks for.
struct Options {
    enum Action {
        case run
        case describeHost
        case help
        case version
    }

    var action = Action.run
    var guest = GuestOptions()
    var trust = Trust.immutableFile

    /// Reads `arguments`, the command's name not among them. Everything after the file is the guest's; one leading `--` is dropped.
    init(_ arguments: [String]) throws(UsageError) {
        var index = 0
        func value(_ option: String, _ attached: String?) throws(UsageError) -> String {
            if let attached { return attached }
            index += 1
            guard index < arguments.count else { throw UsageError("\(option) needs a value") }
            return arguments[index]
        }
        while index < arguments.count, isOption(arguments[index]) {
            let (name, attached) = split(arguments[index])
            if name.isSame("--") {
                index += 1
                break
            } else if name.isSame("--help") || name.isSame("-h") {
                action = .help
                return
            } else if name.isSame("--version") {
                action = .version
                return
            } else if name.isSame("--describe-host") {
                action = .describeHost
                return
            } else if name.isSame("--dir") {
                guest.directories.append(GuestOptions.Directory(parsing: try value(name, attached), isReadOnly: false))
            } else if name.isSame("--dir-ro") {
                guest.directories.append(GuestOptions.Directory(parsing: try value(name, attached), isReadOnly: true))
            } else if name.isSame("--env") {
                try guest.addVariable(parsing: try value(name, attached))
            } else if name.isSame("--invoke") {
                guest.invokedFunction = try value(name, attached)
            } else if name.isSame("--max-memory") {
                try guest.setMaximumMemory(parsing: try value(name, attached))
            } else if name.isSame("-g") {
                guest.engine.codeObservers.insert(.debugger)
            } else if name.isSame("--coredump") {
                guest.coreDumpFile = try value(name, attached)
            } else if name.isSame("--trust") {
                trust = try Trust(parsing: try value(name, attached))
            } else {
                throw UsageError("unknown option " + escaped(arguments[index]))
            }
            index += 1
        }
        guard index < arguments.count else { throw UsageError("no file to run") }
        guest.file = arguments[index]
        guest.setArguments(arguments[(index + 1)...])
    }
}

private func isOption(_ argument: String) -> Bool {
    let bytes = argument.bytes
    return bytes.count > 1 && bytes[0] == UInt8(ascii: "-")
}

/// `--name=value` in its parts.
private func split(_ argument: String) -> (name: String, value: String?) {
    guard let (name, value) = argument.divided(at: UInt8(ascii: "=")) else { return (argument, nil) }
    return (name, value)
}

let usage = """
    Usage: precast-run [OPTIONS] FILE [ARGUMENTS]

    Runs a Precast artifact (.pwasm): calls its `_start`, or the function named by --invoke.
    Everything after FILE belongs to the guest; one leading `--` is dropped.

    Options:
      --dir HOST[::GUEST]      let the guest use directory HOST, as GUEST
      --dir-ro HOST[::GUEST]   the same, without changing anything in it
      --env NAME=VALUE         set a variable of the guest's environment, which is empty otherwise
      --invoke NAME            call this exported function with ARGUMENTS and print its results
      --max-memory BYTES       most linear memory of the guest; K, M, G may follow
      -g                       make the code known to gdb or lldb
      --coredump FILE          write a core dump there if the guest traps
      --trust sha256:DIGEST    load only a file with this SHA-256, as a copy in sealed memory
      --describe-host          print what this host can run, for `precast check --host`
      --version                print the versions
      --help                   print this

    Exit status: the guest's own; 125 for errors of the loader, 126 for an artifact that was refused,
    127 for a file that does not exist, 134 for a trap.

    Examples:
      precast-run app.pwasm input.txt
      precast-run --dir ./data::/data --env MODE=fast app.pwasm /data/input
      precast-run --invoke add math.pwasm 2 40

    """
