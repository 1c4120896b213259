#if arch(x86_64)
import CLoaderSupport
import PrecastArtifactFormat
import PrecastMachineCode
import PrecastObjectEmission

/// The functions of a module that were on the stack at a fault, inlined ones too, innermost first, with what the debug information of the compiler says of their locals.
struct StoppedStack {
    struct Frame {
        var function: UInt32
        var offset: UInt32
        fileprivate var machine: Int
        fileprivate var inlinedAt: UInt32
    }
    /// What a place holds; `high` only of places of 16 bytes.
    struct Content: Equatable {
        var low: UInt64
        var high: UInt64
    }
    private struct MachineFrame {
        var function: EmittedFunction
        /// What the variables are looked up by: in the function's code.
        var offset: UInt32
        /// By DWARF number; nil for those that nobody saved.
        var registers: [UInt64?]
        var frameAddress: UInt64
    }
    private(set) var frames: [Frame] = []
    private var machines: [MachineFrame] = []
    private let snapshot: FaultSnapshot

    /// - Parameters:
    ///   - records: the artifact's, in the order of its code.
    ///   - functions: by index in the module.
    init(_ snapshot: FaultSnapshot, _ records: [FunctionRecord], _ functions: [UInt32: EmittedFunction]) {
        self.snapshot = snapshot
        var pc = snapshot.pc, registers: [UInt64?] = snapshot.registers, isCaller = false
        while true {
            var code = precast_code_range()
            guard precast_code_find(isCaller ? pc &- 1 : pc, &code) != 0 else { return }
            let textOffset = UInt32(truncatingIfNeeded: pc &- code.text &- (isCaller ? 1 : 0))
            guard let record = records.last(where: { $0.textOffset <= textOffset }), record.kind == .function, let function = functions[record.functionIndex] else { return }
            let offset = textOffset - record.textOffset
            let rules = FrameRules(function.compiled.unwind, at: offset)
            guard let base = registers[Int(rules.register)] else { return }
            let frameAddress = base &+ UInt64(bitPattern: Int64(rules.offset))
            machines.append(MachineFrame(function: function, offset: offset, registers: registers, frameAddress: frameAddress))
            addFrames(function, offset)
            // What a call keeps.
            for number in registers.indices where ![3, 6, 12, 13, 14, 15].contains(number) { registers[number] = nil }
            for (number, place) in rules.saved { registers[Int(number)] = snapshot.word(frameAddress &+ UInt64(bitPattern: Int64(place))) }
            registers[7] = frameAddress
            guard let returnAddress = snapshot.word(frameAddress &- 8) else { return }
            pc = returnAddress
            isCaller = true
        }
    }
    private mutating func addFrames(_ function: EmittedFunction, _ offset: UInt32) {
        guard var at = function.compiled.sourceRanges.last(where: { $0.offset <= offset })?.location else { return }
        while Int(at) < function.locations.count {
            let location = function.locations[Int(at)]
            frames.append(Frame(function: location.functionIndex, offset: location.wasmOffset, machine: machines.count - 1, inlinedAt: location.caller))
            at = location.caller
        }
    }

    /// What the variable holds; nil where the debug information has no place for it.
    /// - Parameter usesAddresses: whether a local may be known by the address that it means, as to debuggers; core dumps do not use these.
    func content(_ subject: VariableRange.Subject, in frame: Frame, usesAddresses: Bool = true) -> Content? {
        let machine = machines[frame.machine]
        let found = machine.function.compiled.variables.filter {
            $0.subject == subject && $0.inlinedAt == (subject.isLocal ? frame.inlinedAt : .max) && $0.offsets.contains(machine.offset)
        }
        guard let place = found.first?.place else {
            // An i32 is in the low half of the difference.
            guard usesAddresses, case .local(let index) = subject, let address = content(.localAddress(index), in: frame), let base = content(.memoryBase, in: frame)
            else { return nil }
            return Content(low: address.low &- base.low, high: 0)
        }
        // Two places at once, or one that cannot be read: something that no variable holds.
        if found.count > 1 { return Content(low: 0xbad0_bad0_bad0_bad0, high: 0) }
        switch place {
        case .constant(let low, let high): return Content(low: low, high: high)
        case .register(let number) where number >= 17:
            if frame.machine > 0 { return Content(low: 0xbad1_bad1_bad1_bad1, high: 0) }
            return Content(low: snapshot.vectors[Int(number) - 17].low, high: snapshot.vectors[Int(number) - 17].high)
        case .register(let number): return Content(low: machine.registers[Int(number)] ?? 0xbad2_bad2_bad2_bad2, high: 0)
        case .frame(let offset):
            let address = machine.frameAddress &+ UInt64(bitPattern: Int64(offset))
            return Content(low: snapshot.word(address) ?? 0xbad3_bad3_bad3_bad3, high: snapshot.word(address + 8) ?? 0)
        }
    }
}

extension VariableRange.Subject {
    fileprivate var isLocal: Bool {
        switch self {
        case .local, .localAddress: true
        case .instanceContext, .memoryBase: false
        }
    }
}

/// How the frame is found at an offset of a function's code.
private struct FrameRules {
    var register: UInt8 = 7
    var offset: Int32 = 8
    var saved: [UInt8: Int32] = [:]

    init(_ steps: [UnwindStep], at place: UInt32) {
        var remembered: [FrameRules] = []
        for step in steps where step.offset <= place {
            switch step.rule {
            case .defineCFA(let register, let offset): (self.register, self.offset) = (register, offset)
            case .saved(let register, let offset): saved[register] = offset
            case .restored(let register): saved[register] = nil
            case .rememberState: remembered.append(self)
            case .restoreState: if let last = remembered.popLast() { self = last }
            case .negatedReturnAddressState: break
            }
        }
    }
}
#endif
