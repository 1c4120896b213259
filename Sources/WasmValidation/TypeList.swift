public import PrecastWasmTypes

/// A list of value types as a trivial value: none, one held in place, or a range of the ``ValidationContext``'s pool.
///
/// Blocks, labels and calls name their types by such lists, so that validation allocates nothing. Read one with
/// ``ValidationContext/subscript(_:_:)`` or ``FunctionValidator/subscript(_:_:)``.
public struct TypeList: Hashable, Sendable, BitwiseCopyable {
    /// The type itself of a list of one, otherwise the position of the first in the pool.
    @usableFromInline let payload: UInt32
    @usableFromInline let length: UInt32

    @inlinable init(payload: UInt32, length: UInt32) {
        self.payload = payload
        self.length = length
    }

    @inlinable public static var empty: TypeList { TypeList(payload: 0, length: 0) }
    @inlinable public init(_ type: ValueType) { self.init(payload: type.rawValue, length: 1) }

    @inlinable public var count: Int { Int(length) }
    @inlinable public var isEmpty: Bool { length == 0 }
    @inlinable @inline(__always)
    func type(_ position: Int, in pool: [ValueType]) -> ValueType {
        length == 1 ? ValueType(rawValue: payload) : pool[Int(payload) + position]
    }

    /// The one type of a list of one.
    @inlinable public var single: ValueType? { length == 1 ? ValueType(rawValue: payload) : nil }
}

/// The parameters and results of a function or block.
public struct TypeListPair: Hashable, Sendable, BitwiseCopyable {
    public var parameters: TypeList
    public var results: TypeList

    @inlinable public init(parameters: TypeList, results: TypeList) {
        self.parameters = parameters
        self.results = results
    }

    /// What stands for a type that is none of functions.
    static var notAFunction: TypeListPair {
        TypeListPair(parameters: TypeList(payload: 0, length: .max), results: .empty)
    }

    var isFunction: Bool { parameters.length != .max }
}
