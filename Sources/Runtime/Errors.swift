public import PrecastArtifactFormat
import CLoaderSupport

/// What the operating system refused.
public struct ResourceError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Resource: Hashable, Sendable {
        case memoryReservation, sharedMemoryReservation, memory, table, instance, store, code, snapshot, signalStack, signalHandlers, types
    }

    public let resource: Resource
    /// How much was asked for.
    public let bytes: UInt64
    /// The errno value, positive; 0 where there was none.
    public let errorNumber: Int32

    init(_ resource: Resource, bytes: UInt64, error: Int64 = 0) {
        self.resource = resource
        self.bytes = bytes
        errorNumber = Int32(truncatingIfNeeded: error < 0 ? 0 &- error : error)
    }

    public var description: String {
        var text = "cannot get \(bytes) bytes for \(name)"
        if errorNumber != 0 { text += ": " + systemErrorText(errorNumber) }
        return text + remedy
    }

    private var name: String {
        switch resource {
        case .memoryReservation: "the address space of a linear memory"
        case .sharedMemoryReservation: "the address space of a shared memory, which takes its maximum at once"
        case .memory: "a linear memory"
        case .table: "a table"
        case .instance: "an instance context"
        case .store: "a store"
        case .code: "the module's image"
        case .snapshot: "a snapshot of the artifact"
        case .signalStack: "the thread's signal stack"
        case .signalHandlers: "the signal handlers"
        case .types: "the engine's types"
        }
    }

    private var remedy: String {
        let limit = precast_address_space_limit()
        let cause = limit == .max ? "" : " (the address space of this process is limited to \(limit) bytes: `ulimit -v`)"
        return switch resource {
        case .memoryReservation: cause + "; raise the limit, or compile with --memory-reservation=0, which reserves no address space"
        case .sharedMemoryReservation: cause + "; raise the limit, or give the memory a smaller maximum and compile with --memory-reservation=0"
        default: ""
        }
    }
}

/// The system's words for an errno value.
func systemErrorText(_ number: Int32) -> String { String(cString: precast_error_text(number)) }

/// Why an artifact does not load. Texts name what was expected and what was found.
public enum LoadError: Error, Sendable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case file(path: String, errorNumber: Int32)
    /// The bytes are no artifact, or an unsound one.
    case artifact(ArtifactError)
    /// The artifact does not suit this host.
    case mismatch(Mismatch)
    /// No member of a container suits this host: what each is for, and why not.
    case noMember([RefusedMember])
    /// The file is not the one that was asked for.
    case digest(expected: Bytes32, found: Bytes32)
    /// The file ended before the size it had when it was opened.
    case changed(expectedBytes: UInt64, foundBytes: UInt64)
    /// The system refuses to map the code executable.
    case notExecutable(errorNumber: Int32)
    case resource(ResourceError)
    /// Somebody who was to be told of the code cannot be (``EngineConfiguration/codeObservers``).
    case observer(String, errorNumber: Int32)

    /// Whether there is no such file.
    public var isNotFound: Bool {
        if case .file(_, let number) = self { number == precast_error_not_found() } else { false }
    }

    /// Whether the artifact itself was refused, rather than something around it.
    public var isRefusal: Bool {
        switch self {
        case .artifact, .mismatch, .noMember, .digest: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .file(let path, let number): escaped(path) + ": " + systemErrorText(number)
        case .artifact(let error): error.text
        case .mismatch(let mismatch): mismatch.text
        case .noMember(let members): Self.text(members)
        case .observer(let name, let number): "cannot make the code known to \(name): " + systemErrorText(number)
        case .digest(let expected, let found): "untrusted artifact: expected SHA-256 \(expected.hex), found \(found.hex)"
        case .changed(let expected, let found): "the file changed while it was read: expected \(expected) bytes, found \(found)"
        case .notExecutable(let number):
            "the system refuses to map the code executable (\(systemErrorText(number))): is the file on a noexec mount? Load it with trust "
                + "sha256:…, which maps a copy in memory, or move it"
        case .resource(let error): error.description
        }
    }
}

/// A member of a container that a host cannot load.
public struct RefusedMember: Sendable {
    /// Its triple and CPU.
    public let target: String
    /// Everything against it; not empty.
    public let mismatches: [Mismatch]
}

extension LoadError {
    private static func text(_ members: [RefusedMember]) -> String {
        var text = "none of the container's artifacts is for this host"
        for member in members {
            text += "\n  " + member.target
            for mismatch in member.mismatches { text += "\n    " + mismatch.text }
        }
        return text
    }
}

/// A setting of ``EngineConfiguration`` that cannot be had.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let setting: String
    public let reason: String
    public var description: String { "invalid engine configuration: \(setting) \(reason)" }
}

/// Why an import could not be resolved or a definition not be made. Texts begin with the specification's words.
public enum LinkError: Error, Sendable, CustomStringConvertible {
    /// Nothing is defined under the import's name.
    case unknownImport(module: String, name: String, expected: String)
    /// What is defined has another kind or type.
    case incompatibleImport(module: String, name: String, expected: String, found: String)
    /// The name is taken (and shadowing is not allowed).
    case duplicateDefinition(module: String, name: String)
    /// The definition belongs to another store than the instance.
    case wrongStore(module: String, name: String)
    /// The module was loaded for another engine than the store's.
    case wrongEngine

    public var description: String {
        switch self {
        case .unknownImport(let module, let name, let expected):
            "unknown import: " + Self.path(module, name) + " (expected \(expected))"
        case .incompatibleImport(let module, let name, let expected, let found):
            "incompatible import type: " + Self.path(module, name) + ": expected \(expected), found \(found)"
        case .duplicateDefinition(let module, let name): "duplicate definition of " + Self.path(module, name)
        case .wrongStore(let module, let name): Self.path(module, name) + " belongs to another store"
        case .wrongEngine: "the module was loaded for another engine than the store's"
        }
    }

    private static func path(_ module: String, _ name: String) -> String { escaped(module) + "." + escaped(name) }
}

/// Why a module could not be instantiated.
public enum InstantiationError: Error, Sendable, CustomStringConvertible {
    case link(LinkError)
    case resource(ResourceError)
    /// A limit of the store forbids it.
    case limit(String)
    /// A record of the artifact is unsound.
    case artifact(ArtifactError)
    /// An active segment does not fit, or the start function trapped or was left by a host error.
    case call(CallError)

    public var description: String {
        switch self {
        case .link(let error): error.description
        case .resource(let error): error.description
        case .limit(let text): text
        case .artifact(let error): error.text
        case .call(let error): error.description
        }
    }
}

/// Why a host function ends the guest's call. It passes through compiled code to the host's outer call.
public enum HostError: Error, Sendable, CustomStringConvertible {
    /// The call fails with this message.
    case failure(String)
    /// The guest asked to end with this code; an embedding process goes on.
    case exit(Int32)
    /// The call traps.
    case trap(TrapCode)
    /// The call throws an exception, which handlers of the guest may take.
    case exception(Exception)
    /// A trap of an inner call, passed on with its own backtrace.
    case rethrown(Trap)
    #if !hasFeature(Embedded)
    /// Any error of the host.
    case underlying(any Error & Sendable)
    #endif

    /// Passes the error of an inner call on.
    public init(_ error: CallError) {
        switch error {
        case .trap(let trap): self = .rethrown(trap)
        case .host(let error, _): self = error
        case .exception(let exception, _): self = .exception(exception)
        case .mismatch(let text): self = .failure(text)
        case .resource(let error): self = .failure(error.description)
        }
    }

    public var description: String {
        switch self {
        case .failure(let message): message
        case .exit(let code): "exit with code \(code)"
        case .trap(let code): code.message
        case .exception(let exception): exception.description
        case .rethrown(let trap): trap.description
        #if !hasFeature(Embedded)
        case .underlying(let error): "\(error)"
        #endif
        }
    }
}

/// Why a call did not return.
public enum CallError: Error, Sendable, CustomStringConvertible {
    case trap(Trap)
    /// A host function failed; the frames are those of the compiled code that called it.
    case host(HostError, Backtrace)
    /// No handler took an exception; the frames are those that it left.
    case exception(Exception, Backtrace)
    /// The arguments do not fit the function's type, or belong to another store.
    case mismatch(String)
    case resource(ResourceError)

    public var description: String {
        switch self {
        case .trap(let trap): trap.description
        case .host(let error, let backtrace): error.description + backtrace.suffix
        case .exception(let exception, let backtrace): "wasm exception: " + exception.description + backtrace.suffix
        case .mismatch(let text): text
        case .resource(let error): error.description
        }
    }

    /// The code that the guest exited with, if that is what ended the call.
    public var exitCode: Int32? {
        if case .host(.exit(let code), _) = self { code } else { nil }
    }
}

/// `name` with everything but printable ASCII escaped, as guests choose it.
public func escaped(_ name: String) -> String {
    var text: [UInt8] = []
    for byte in name.bytes {
        switch byte {
        case 0x5C: text += [0x5C, 0x5C]
        case 0x20...0x7E: text.append(byte)
        default: text += ("\\x" + hexadecimal(UInt64(byte), digits: 2)).bytes
        }
    }
    return String(bytes: text)
}
