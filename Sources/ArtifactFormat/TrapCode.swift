/// Why compiled code trapped. Numbers are part of the ABI: fixed, and never reused.
public enum TrapCode: UInt8, Sendable, CaseIterable {
    case unreachable = 1
    case memoryOutOfBounds = 2
    case tableOutOfBounds = 3
    /// `call_indirect` with an index past the table's end.
    case undefinedElement = 4
    /// `call_indirect` of a null element.
    case uninitializedElement = 5
    case indirectCallTypeMismatch = 6
    case integerDivideByZero = 7
    case integerOverflow = 8
    case invalidConversionToInteger = 9
    case stackOverflow = 10
    case nullReference = 11
    case nullFunctionReference = 12

    // Reserved for proposals that later versions translate.
    case unalignedAtomic = 13
    case castFailure = 14
    case arrayOutOfBounds = 15
    case nullStructureReference = 16
    case nullArrayReference = 17
    case nullI31Reference = 18
    case uncaughtException = 19
    case expectedSharedMemory = 20
    case nullExceptionReference = 21
    /// More exceptions are referred to than the store allows.
    case exceptionLimit = 22

    /// Reserved: the host asked the store to stop.
    case interrupt = 32
    /// Reserved.
    case outOfFuel = 33
    /// A host function failed; the store keeps its error.
    case hostError = 34

    /// Not a reason: the store context's `pending_trap` has it. Only `raise` takes this.
    case pending = 255

    /// The official test suite's wording.
    public var message: String {
        switch self {
        case .unreachable: "unreachable"
        case .memoryOutOfBounds: "out of bounds memory access"
        case .tableOutOfBounds: "out of bounds table access"
        case .undefinedElement: "undefined element"
        case .uninitializedElement: "uninitialized element"
        case .indirectCallTypeMismatch: "indirect call type mismatch"
        case .integerDivideByZero: "integer divide by zero"
        case .integerOverflow: "integer overflow"
        case .invalidConversionToInteger: "invalid conversion to integer"
        case .stackOverflow: "call stack exhausted"
        case .nullReference: "null reference"
        case .nullFunctionReference: "null function reference"
        case .unalignedAtomic: "unaligned atomic"
        case .castFailure: "cast failure"
        case .arrayOutOfBounds: "out of bounds array access"
        case .nullStructureReference: "null structure reference"
        case .nullArrayReference: "null array reference"
        case .nullI31Reference: "null i31 reference"
        case .uncaughtException: "uncaught exception"
        case .expectedSharedMemory: "expected shared memory"
        case .nullExceptionReference: "null exception reference"
        case .exceptionLimit: "exception storage exhausted"
        case .interrupt: "interrupted"
        case .outOfFuel: "out of fuel"
        case .hostError: "host function failed"
        case .pending: "pending"
        }
    }
}
