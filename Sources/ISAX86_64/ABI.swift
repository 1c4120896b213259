public import PrecastRegisterAllocation

/// Register sets of the conventions (docs/abi.md).
public enum X86ABI {
    /// By the numbers of ``ClobberSet``.
    public static let clobberSets: [PhysicalRegisterSet] = [[], callerSaved, [.rax], [.rdx], calleeSaved.reduce(into: callerSaved) { $0.insert($1) }]
    public static let callerSaved = PhysicalRegisterSet(integer: 0b0000_1111_1100_0111, float: 0xffff)
    /// In the order of their saves below the frame pointer.
    public static let calleeSaved: [PhysicalRegister] = [.rbx, .r12, .r13, .r14, .r15]

    /// Cheap encodings first. r12 and r13 come last: as address bases they cost a byte.
    public static let registerEnvironment = RegisterEnvironment(
        callerSaved: [
            [.rax, .rcx, .rdx, .rsi, .rdi, .r8, .r9, .r10],
            (0..<15).map { .xmm($0) },
        ],
        calleeSaved: [[.rbx, .r14, .r15, .r12, .r13], []],
        scratch: [.r11, .xmm(15)])
}

/// Numbers of register sets that instructions destroy, for `CallInfo.clobbers`.
public enum ClobberSet {
    public static let none: UInt8 = 0
    /// Both conventions destroy the same registers.
    public static let precastCall: UInt8 = 1
    public static let systemVCall: UInt8 = 1
    static let rax: UInt8 = 2
    static let rdx: UInt8 = 3
    /// At a landing pad.
    static let everything: UInt8 = 4
}

@frozen public enum CallingConvention: UInt8, Sendable, CaseIterable {
    /// Between compiled functions.
    case precast
    /// The System V AMD64 psABI: host entries, builtins, host functions.
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

/// Assigns registers and stack offsets to a signature. Integer and float sequences are counted apart. O(count).
///
/// - Precondition: System V results fit two registers of each class (builtins and host entries need no more).
public func assignArguments(_ signature: ABISignature) -> ArgumentAssignment {
    var assignment = ArgumentAssignment()
    assignResults(signature, &assignment)
    let isOurs = signature.convention == .precast
    let integers: [PhysicalRegister] = isOurs ? [.rsi, .rdx, .rcx, .r8, .r9, .rax] : [.rdi, .rsi, .rdx, .rcx, .r8, .r9]
    var nextInteger = assignment.returnArea == nil ? 0 : 1
    var nextFloat = 0
    var stack = 0
    for value in signature.parameters {
        if isOurs, value.purpose == .vmctx {
            assignment.parameters.append(.register(.rdi))
        } else if isOurs, value.purpose == .callerContext {
            assignment.parameters.append(.register(.r10))
        } else if value.registerClass == .integer, nextInteger < integers.count {
            assignment.parameters.append(.register(integers[nextInteger]))
            nextInteger += 1
        } else if value.registerClass == .float, nextFloat < 8 {
            assignment.parameters.append(.register(.xmm(nextFloat)))
            nextFloat += 1
        } else {
            assignment.parameters.append(.stack(takeSlot(value.size, &stack)))
        }
    }
    assignment.stackBytes = (stack + 15) & ~15
    return assignment
}

private func assignResults(_ signature: ABISignature, _ assignment: inout ArgumentAssignment) {
    let isOurs = signature.convention == .precast
    let integers: [PhysicalRegister] = isOurs ? [.rax, .rdx, .rcx, .rsi, .r8, .r9] : [.rax, .rdx]
    let floats = isOurs ? 8 : 2
    var nextInteger = 0
    var nextFloat = 0
    var area = 0
    for value in signature.results {
        if value.registerClass == .integer, nextInteger < integers.count {
            assignment.results.append(.register(integers[nextInteger]))
            nextInteger += 1
        } else if value.registerClass == .float, nextFloat < floats {
            assignment.results.append(.register(.xmm(nextFloat)))
            nextFloat += 1
        } else {
            precondition(isOurs, "System V results beyond the registers")
            assignment.results.append(.area(takeSlot(value.size, &area)))
        }
    }
    assignment.returnAreaBytes = (area + 15) & ~15
    if area > 0 { assignment.returnArea = .register(.rsi) }
}

/// The next 8 bytes, or 16 aligned ones for a vector.
private func takeSlot(_ size: UInt8, _ end: inout Int) -> Int32 {
    let bytes = size > 8 ? 16 : 8
    let offset = (end + bytes - 1) & ~(bytes - 1)
    end = offset + bytes
    return Int32(offset)
}
