public import PrecastRuntime
import PrecastWasmTypes

/// A WebAssembly value as another process can be told of it: numbers by their bits, references by what can be said of them.
public enum PlainValue: Hashable, Sendable {
    case i32(UInt32)
    case i64(UInt64)
    /// Bit patterns.
    case f32(UInt32)
    case f64(UInt64)
    /// The 16 bytes in little-endian order.
    case v128(low: UInt64, high: UInt64)
    case reference(Hierarchy, Referent)

    /// The hierarchies of heap types, whose nulls are told apart.
    public enum Hierarchy: UInt8, Sendable {
        case function = 0, extern, any, exception
    }

    /// What a reference refers to.
    public enum Referent: Hashable, Sendable {
        case null
        /// An object of the host, by its handle.
        case host(UInt64)
        case i31(Int32)
        /// Something of a guest's.
        case other
    }

    public init(_ value: Value) {
        switch value {
        case .i32(let value): self = .i32(UInt32(bitPattern: value))
        case .i64(let value): self = .i64(UInt64(bitPattern: value))
        case .f32(let value): self = .f32(value.bitPattern)
        case .f64(let value): self = .f64(value.bitPattern)
        case .v128(let low, let high): self = .v128(low: low, high: high)
        case .function(let function): self = .reference(.function, function == nil ? .null : .other)
        case .extern(let reference): self = .reference(.extern, Referent(reference.map { AnyReference($0) }))
        case .any(let reference): self = .reference(.any, Referent(reference))
        case .exception(let reference): self = .reference(.exception, reference == nil ? .null : .other)
        }
    }

    /// The bits of a number or vector, the lowest first; nil for a reference.
    public var bits: (low: UInt64, high: UInt64)? {
        switch self {
        case .i32(let bits), .f32(let bits): (UInt64(bits), 0)
        case .i64(let bits), .f64(let bits): (bits, 0)
        case .v128(let low, let high): (low, high)
        case .reference: nil
        }
    }
}

extension PlainValue.Referent {
    fileprivate init(_ reference: AnyReference?) {
        if let reference {
            self = reference.i31.map { .i31($0) } ?? reference.handle.map { .host($0) } ?? .other
        } else {
            self = .null
        }
    }
}

extension Value {
    /// The value for a parameter of `type`, whose hierarchy a null is of. Nil for a reference that means nothing outside its store.
    init?(_ value: PlainValue, for type: ValueType?) {
        switch value {
        case .i32(let bits): self = .i32(Int32(bitPattern: bits))
        case .i64(let bits): self = .i64(Int64(bitPattern: bits))
        case .f32(let bits): self = .f32(Float(bitPattern: bits))
        case .f64(let bits): self = .f64(Double(bitPattern: bits))
        case .v128(let low, let high): self = .v128(low: low, high: high)
        case .reference(_, .null): self = Self.null(type?.referenceType?.heapType ?? .any)
        case .reference(.extern, .host(let handle)) where handle < Self.handleLimit: self = .extern(ExternReference(handle: handle))
        case .reference(.any, .host(let handle)) where handle < Self.handleLimit: self = .any(AnyReference(ExternReference(handle: handle)))
        case .reference(.any, .i31(let number)): self = .any(AnyReference(i31: number))
        case .reference: return nil
        }
    }

    private static let handleLimit: UInt64 = 1 << 62

    /// The null reference of the hierarchy that a heap type is in; a concrete type counts as a function's.
    private static func null(_ type: HeapType) -> Value {
        switch type.typeIndex == nil ? type.abstractTop : .function {
        case .extern: .extern(nil)
        case .any: .any(nil)
        case .exception: .exception(nil)
        default: .function(nil)
        }
    }
}
