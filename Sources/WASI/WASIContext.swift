import CWASISupport
import PrecastArtifactFormat

/// WASI preview 1 for one guest: `wasi_snapshot_preview1` over the host's system calls.
///
/// Input: a guest's memory and a call's arguments. Output: the call's effect and results, or an ``Errno``. ``WASIFunction`` lists
/// the calls; `Linker.defineWASI` offers them to modules. Nothing here knows the runtime.
///
/// Invariants, whatever the guest does:
/// - A guest's pointer becomes an address only through ``GuestMemory``. Where a call has an effect, its result's place is checked first.
/// - The guest names only what is in its descriptor table: its standard streams, its preopened directories, and what it opened
///   through those. A descriptor carries rights; rights are handed on, never gained.
/// - A path is resolved beneath the directory it is relative to (``PathResolution.swift``), and its last component is
///   never followed by the kernel.
/// - No call ends, stops or signals the process.
///
/// The interface is documented at github.com/WebAssembly/WASI, phase "snapshot preview 1". A context belongs to one task at a time.
public final class WASIContext {
    let arguments: [[UInt8]]
    let environment: [[UInt8]]
    let limits: WASILimits
    let allowsSpecialFiles: Bool
    let resolution: WASIConfiguration.PathResolution
    var descriptors: [Descriptor?] = []
    /// The vectors of the transfer at hand: kept, so that a read or write allocates nothing.
    var vectors: [precast_wasi_vector] = []

    /// Opens the preopened directories. The standard streams stay the host's.
    public init(_ configuration: WASIConfiguration) throws(WASISetupError) {
        arguments = configuration.arguments
        environment = configuration.environment
        limits = configuration.limits
        allowsSpecialFiles = configuration.allowsSpecialFiles
        resolution = configuration.pathResolution
        for text in arguments + environment where text.contains(0) { throw .containsNUL(String(bytes: text)) }

        let streams: [(Int32?, Rights)] = [(configuration.standardInput, .fdWrite), (configuration.standardOutput, .fdRead), (configuration.standardError, .fdRead)]
        for (file, withheld) in streams { descriptors.append(file.flatMap { Descriptor(borrowing: $0, without: withheld) }) }
        guard descriptors.count + configuration.preopens.count <= Int(limits.descriptors) else { throw .tooManyDescriptors(limit: limits.descriptors) }
        for preopen in configuration.preopens { descriptors.append(try Descriptor(preopen)) }
    }

    deinit {
        for case let descriptor? in descriptors { descriptor.close() }
    }

    /// Gives the guest a socket of the host, listening or connected, which stays the host's. Returns the guest's number for it.
    public func add(socket file: Int32) throws(Errno) -> UInt32 {
        guard let descriptor = Descriptor(borrowing: file, without: []) else { throw .badf }
        guard descriptor.type.isSocket else { throw .notsock }
        try reserveDescriptor()
        return insert(descriptor)
    }
}
