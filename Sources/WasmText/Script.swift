public import PrecastWasmTypes

/// A script of the official test suite: modules, and what is expected of them.
public struct Script: Sendable {
    public var commands: [ScriptCommand]
}

/// A command and where it stands.
public struct ScriptCommand: Sendable {
    public indirect enum Kind: Sendable {
        /// Defines a module and, unless it says `definition`, instantiates it.
        case module(ScriptModule)
        /// Instantiates the definition of that name, or the last one.
        case instance(name: String?, definition: String?)
        /// Makes an instance's exports available to imports.
        case register(String, instance: String?)
        case action(ScriptAction)
        case assertReturn(ScriptAction, [ScriptResult])
        case assertTrap(ScriptAction, String)
        /// The module's instantiation has to trap.
        case assertTrappingModule(ScriptModule, String)
        case assertExhaustion(ScriptAction, String)
        case assertException(ScriptAction)
        case assertInvalid(ScriptModule, String)
        case assertMalformed(ScriptModule, String)
        /// A custom section or annotation is invalid; an implementation may ignore it.
        case assertInvalidCustom(ScriptModule, String)
        case assertMalformedCustom(ScriptModule, String)
        case assertUnlinkable(ScriptModule, String)
        /// Runs commands on another thread, which sees the shared instances.
        case thread(name: String, shared: [String], commands: [ScriptCommand])
        /// Waits for a thread to end.
        case wait(String)
        /// The command cannot be read.
        case unreadable(TextError)
    }

    public var kind: Kind
    /// The line where it starts, counted from one.
    public var line: Int
}

/// A module in a script, not yet read.
public struct ScriptModule: Sendable {
    public enum Source: Sendable {
        /// In the script's own text.
        case text
        /// Bytes of the binary format.
        case binary([UInt8])
        /// A text that may be malformed.
        case quote([UInt8])
    }

    public var name: String?
    /// Whether it is defined, but not instantiated.
    public var isDefinition: Bool
    public var source: Source
    let script: ScriptText
    let form: ModuleForm

    /// The module in the binary format.
    public func encode(_ options: TextOptions = TextOptions()) throws(TextError) -> [UInt8] {
        switch source {
        case .binary(let bytes): return bytes
        case .quote(let text): return try parseText(text, options)
        case .text:
            do {
                return try form.parseFields(script.text, options)
            } catch {
                throw error.located(in: script.text.source)
            }
        }
    }
}

/// The text of a script, shared by its modules.
final class ScriptText: Sendable {
    let text: LexedText
    init(_ text: LexedText) { self.text = text }
}

/// Something to do with an instance: the named one, or the last.
public enum ScriptAction: Sendable {
    case invoke(instance: String?, name: String, arguments: [ScriptValue])
    case get(instance: String?, name: String)
}

/// A value that a script passes.
public enum ScriptValue: Hashable, Sendable {
    case i32(UInt32)
    case i64(UInt64)
    /// Bit patterns.
    case f32(UInt32)
    case f64(UInt64)
    /// Sixteen bytes, the lowest first.
    case v128([UInt8])
    /// A null of that type; nil where the script does not say.
    case null(HeapType?)
    /// A host reference with a number of its own, seen as `extern` …
    case externalReference(UInt32)
    /// … and as `any`.
    case hostReference(UInt32)
}

/// What a script expects of a value.
public indirect enum ScriptResult: Hashable, Sendable {
    /// The kind of NaN that a float has to be.
    public enum NaN: Hashable, Sendable {
        /// The quiet bit and no other payload.
        case canonical
        /// The quiet bit at least.
        case arithmetic
    }

    case value(ScriptValue)
    case f32(NaN)
    case f64(NaN)
    /// Lanes of a vector, the lowest first; each an integer, a float or a NaN.
    case lanes([Lane])
    /// A reference to something that is of that type and not null.
    case reference(HeapType)
    /// Any of these.
    case either([ScriptResult])

    /// What is expected of a lane.
    public struct Lane: Hashable, Sendable {
        /// Its width in bytes.
        public var bytes: Int
        /// The bits; of a NaN the payload decides.
        public var bits: UInt64
        public var nan: NaN?
    }
}
