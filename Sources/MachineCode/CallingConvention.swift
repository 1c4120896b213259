public import PrecastIR
public import PrecastRegisterAllocation

@frozen public enum CallingConvention: UInt8, Sendable, CaseIterable {
    /// Between compiled functions.
    case precast
    /// The platform's, System V's on x86-64: host entries, builtins, host functions.
    case systemV
}

/// One argument or result as the convention sees it.
@frozen public struct ABIValue: Hashable, Sendable {
    public enum Purpose: UInt8, Sendable {
        case normal
        /// The callee's instance context: the first argument.
        case vmctx
        /// The caller's instance context, on calls that may reach a host trampoline.
        case callerContext
    }
    public var registerClass: RegisterClass
    /// Bytes: 4, 8 or 16.
    public var size: UInt8
    public var purpose: Purpose
    public init(_ registerClass: RegisterClass, size: UInt8, purpose: Purpose = .normal) {
        self.registerClass = registerClass
        self.size = size
        self.purpose = purpose
    }
}

/// What a convention needs to know of a function type.
public struct ABISignature: Hashable, Sendable {
    public var convention: CallingConvention
    public var parameters: [ABIValue]
    public var results: [ABIValue]
    public init(_ convention: CallingConvention, parameters: [ABIValue], results: [ABIValue]) {
        self.convention = convention
        self.parameters = parameters
        self.results = results
    }
    /// The IR's signature as the conventions see it.
    public init(_ signature: Signature) {
        func value(_ parameter: ABIParameter) -> ABIValue {
            let purpose: ABIValue.Purpose = switch parameter.purpose {
            case .normal: .normal
            case .context: .vmctx
            case .callerContext: .callerContext
            }
            return ABIValue(parameter.type.isInteger ? .integer : .float, size: UInt8(parameter.type.byteCount), purpose: purpose)
        }
        self.init(
            signature.convention == .precast ? .precast : .systemV, parameters: signature.parameters.map(value), results: signature.results.map(value))
    }
}

/// Where the convention puts one argument or result.
@frozen public enum ABILocation: Hashable, Sendable, BitwiseCopyable {
    case register(PhysicalRegister)
    /// An argument: bytes from the first stack argument.
    case stack(Int32)
    /// A result: bytes from the start of the return area.
    case area(Int32)
}

/// Places of everything that crosses a call.
public struct ArgumentAssignment: Sendable, Hashable {
    public var parameters: [ABILocation] = []
    public var results: [ABILocation] = []
    /// The hidden argument that points to the return area, when some result does not fit the registers.
    public var returnArea: ABILocation?
    /// A multiple of 16.
    public var returnAreaBytes = 0
    /// Bytes of stack arguments, a multiple of 16. Our convention's callee pops them.
    public var stackBytes = 0
}

/// The registers that a convention gives to arguments and results, in order.
public struct ConventionRegisters: Sendable {
    /// Of the instance context and the caller's one, where they have places of their own.
    public var context: PhysicalRegister?
    public var callerContext: PhysicalRegister?
    public var integerArguments: [PhysicalRegister]
    public var floatArguments: [PhysicalRegister]
    public var integerResults: [PhysicalRegister]
    public var floatResults: [PhysicalRegister]
    public init(
        context: PhysicalRegister? = nil, callerContext: PhysicalRegister? = nil, integerArguments: [PhysicalRegister], floatArguments: [PhysicalRegister],
        integerResults: [PhysicalRegister], floatResults: [PhysicalRegister]
    ) {
        self.context = context
        self.callerContext = callerContext
        self.integerArguments = integerArguments
        self.floatArguments = floatArguments
        self.integerResults = integerResults
        self.floatResults = floatResults
    }
}

/// Assigns registers and stack offsets to a signature. Integer and float sequences are counted apart; the address of the return area
/// takes the first integer argument's place. O(count).
///
/// - Precondition: System V results fit the registers (builtins and host entries need no more).
public func assignArguments(_ signature: ABISignature, _ registers: ConventionRegisters) -> ArgumentAssignment {
    var assignment = ArgumentAssignment()
    assignResults(signature, registers, &assignment)
    var nextInteger = assignment.returnArea == nil ? 0 : 1
    var nextFloat = 0
    var stack = 0
    for value in signature.parameters {
        if value.purpose == .vmctx, let context = registers.context {
            assignment.parameters.append(.register(context))
        } else if value.purpose == .callerContext, let context = registers.callerContext {
            assignment.parameters.append(.register(context))
        } else if value.registerClass == .integer, nextInteger < registers.integerArguments.count {
            assignment.parameters.append(.register(registers.integerArguments[nextInteger]))
            nextInteger += 1
        } else if value.registerClass == .float, nextFloat < registers.floatArguments.count {
            assignment.parameters.append(.register(registers.floatArguments[nextFloat]))
            nextFloat += 1
        } else {
            assignment.parameters.append(.stack(takeSlot(value.size, &stack)))
        }
    }
    assignment.stackBytes = (stack + 15) & ~15
    return assignment
}

private func assignResults(_ signature: ABISignature, _ registers: ConventionRegisters, _ assignment: inout ArgumentAssignment) {
    var nextInteger = 0
    var nextFloat = 0
    var area = 0
    for value in signature.results {
        if value.registerClass == .integer, nextInteger < registers.integerResults.count {
            assignment.results.append(.register(registers.integerResults[nextInteger]))
            nextInteger += 1
        } else if value.registerClass == .float, nextFloat < registers.floatResults.count {
            assignment.results.append(.register(registers.floatResults[nextFloat]))
            nextFloat += 1
        } else {
            precondition(signature.convention == .precast, "System V results beyond the registers")
            assignment.results.append(.area(takeSlot(value.size, &area)))
        }
    }
    assignment.returnAreaBytes = (area + 15) & ~15
    if area > 0 { assignment.returnArea = .register(registers.integerArguments[0]) }
}

/// The next 8 bytes, or 16 aligned ones for a vector.
private func takeSlot(_ size: UInt8, _ end: inout Int) -> Int32 {
    let bytes = size > 8 ? 16 : 8
    let offset = (end + bytes - 1) & ~(bytes - 1)
    end = offset + bytes
    return Int32(offset)
}
