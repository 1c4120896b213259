// What the two ends of a script host's connection say to each other (docs/script-host.md).

/// Something to do in a store, as a value that can be sent to another process. Modules and instances have numbers, which the client chooses.
public enum ScriptRequest: Hashable, Sendable {
    /// Loads an artifact. Answered by ``ScriptAnswer/done``.
    case open(module: UInt32, artifact: [UInt8])
    /// Instantiates a module with what is registered and the suite's own module `spectest`. Answered by ``ScriptAnswer/done``, or by why not.
    case instantiate(module: UInt32, instance: UInt32)
    /// Looks the module's imports up, and no more. Answered by ``ScriptAnswer/done`` or ``ScriptAnswer/unlinkable(_:unknownModule:)``.
    case resolve(module: UInt32)
    /// Makes an instance's exports available to imports from `name`. Answered by ``ScriptAnswer/done``.
    case register(name: String, instance: UInt32)
    /// Calls an exported function. A null argument is of its parameter's hierarchy, whatever it says. Answered by ``ScriptAnswer/values(_:)``, or by why it did not return.
    case invoke(instance: UInt32, function: String, arguments: [PlainValue])
    /// The value of an exported global. Answered by ``ScriptAnswer/values(_:)``.
    case get(instance: UInt32, global: String)
    /// Sets an exported global. Answered by ``ScriptAnswer/done``.
    case set(instance: UInt32, global: String, value: PlainValue)
    /// Up to `count` bytes at `offset` of an exported memory. Answered by ``ScriptAnswer/memory(byteCount:bytes:)``.
    case readMemory(instance: UInt32, memory: String, offset: UInt64, count: UInt32)
    /// Which elements of an exported table are null. Answered by ``ScriptAnswer/table(nulls:)``.
    case readTable(instance: UInt32, table: String)
}

/// What became of a ``ScriptRequest``.
public enum ScriptAnswer: Hashable, Sendable {
    /// The host speaks this version of the protocol.
    case ready(version: UInt32)
    case done
    case values([PlainValue])
    /// The specification's words, and all that the loader has to say.
    case trap(message: String, description: String)
    /// No handler took an exception.
    case exception(String)
    /// An import was not found or has another type; the module of one that was not found.
    case unlinkable(String, unknownModule: String?)
    /// Anything else that went wrong.
    case failure(String)
    /// The memory's size, and the bytes that were asked for.
    case memory(byteCount: UInt64, bytes: [UInt8])
    case table(nulls: [Bool])
}

/// What is sent to a host: something for the store of a channel, or something about channels.
public enum HostRequest: Hashable, Sendable {
    /// Answered by ``ScriptAnswer/ready(version:)``.
    case hello
    /// Gives the channel a new engine and an empty store; the old ones are gone. Answered by ``ScriptAnswer/done``.
    case reset
    /// Opens a channel, with a thread and a store of its own in which instances of this one have the same numbers. Answered by ``ScriptAnswer/done``.
    case thread(channel: UInt32, sharing: [UInt32])
    /// Ends the channel and its thread; channel 0 ends the host. Answered by ``ScriptAnswer/done``.
    case end
    case store(ScriptRequest)

    /// The version of the protocol that these requests and answers are.
    public static let protocolVersion: UInt32 = 1
}
