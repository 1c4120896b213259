import PrecastArtifactFormat
import PrecastDebugInformation
import PrecastMachineCode
import PrecastUnwindAnalysis

/// A frame of compiled code in a dump's stack memory.
struct MachineFrame {
    /// Row of `coremodules`.
    var module: Int
    /// The artifact; nil: nobody has it.
    var code: CompiledModule?
    /// What code is looked up by: of a caller, a byte of the call.
    var textOffset: UInt32
    /// By DWARF number.
    var registers: [UInt64?]
    /// Canonical frame address.
    var address: UInt64
    /// The youngest frame of all, at a fault: vector registers are those of the recording.
    var hasVectors: Bool
}

/// The frames of a dump, youngest first.
///
/// - Parameter isFrameless: whether the function that was stopped has no frame, should its artifact not be at hand.
/// - Returns: runs of frames between which some are missing.
func walkStack(_ recording: RecordedFrames, _ code: [CompiledModule?], isFrameless: Bool) -> [[MachineFrame]] {
    var runs: [[MachineFrame]] = [[]]
    for (number, piece) in recording.pieces.enumerated() {
        let (frames, isCut) = walk(piece, isFirst: number == 0, isFrameless: isFrameless, recording, code)
        runs[runs.count - 1] += frames
        if isCut && number + 1 < recording.pieces.count { runs.append([]) }
    }
    return runs
}

/// - Returns: whether there are older frames whose memory the dump does not have.
private func walk(
    _ piece: RecordedFrames.Piece, isFirst: Bool, isFrameless: Bool, _ recording: RecordedFrames, _ code: [CompiledModule?]
) -> (frames: [MachineFrame], isCut: Bool) {
    var frames: [MachineFrame] = []
    let isFault = isFirst && recording.isFault
    // All modules of a dump are of one machine.
    guard let machine = recording.modules.first?.machine, let convention = MachineConvention(machine) else { return (frames, false) }
    let framePointer = Int(convention.framePointer)
    var pc = convention.stripped(piece.pc), registers: [UInt64?] = [], low = piece.address
    while let module = recording.module(at: pc) ?? recording.module(at: pc &- 1) {
        if frames.isEmpty {
            registers = isFirst ? recording.integerRegisters(machine) : [UInt64?](repeating: nil, count: machine == .x86_64 ? 17 : 32)
            registers[framePointer] = piece.framePointer
        }
        let lookup = pc &- (isFault && frames.isEmpty ? 0 : 1)
        guard let textOffset = UInt32(exactly: lookup &- recording.modules[module].text.lowerBound) else { return (frames, false) }
        var frame = MachineFrame(module: module, code: code[module], textOffset: textOffset, registers: registers, address: 0, hasVectors: isFault && frames.isEmpty)
        if let known = frame.code {
            guard let found = known.unwinder.frame(at: Int64(textOffset), registers, read: { recording.read($0) }) else { return (frames, true) }
            (frame.address, pc, registers) = (found.address, found.returnAddress, found.caller)
        } else if isFrameless && isFault && frames.isEmpty {
            let link = machine == .x86_64 ? registers[7].flatMap { recording.read($0) } : registers[30]
            guard let link else { return (frames, true) }
            (frame.address, pc) = (piece.address &+ 8, convention.stripped(link))
            // It changes none that its caller keeps.
            for number in registers.indices where !convention.calleeSaved.contains(RegisterNumber(number)) { registers[number] = nil }
        } else {
            // Frame pointers are linked in all compiled code.
            guard framePointer < registers.count, let pointer = registers[framePointer], let next = recording.read(pointer), let back = recording.read(pointer &+ 8) else {
                return (frames, true)
            }
            (frame.address, pc, registers) = (pointer &+ 16, convention.stripped(back), [UInt64?](repeating: nil, count: registers.count))
            registers[framePointer] = next
        }
        // Frames lie one above the other; the youngest may take nothing.
        guard frame.address > low || frames.isEmpty && frame.address == low else { return (frames, true) }
        low = frame.address
        frames.append(frame)
    }
    return (frames, false)
}

extension MachineFrame {
    /// The functions of the frame, those inlined there first, each with where its variables are: nil where the artifact does not tell.
    func functions() throws(CompletionError) -> [(function: CompiledModule.Function, places: PlacesInFrame?)] {
        guard let code, case let chain = code.functions(at: textOffset), let owner = chain.last else { return [] }
        guard let places = try code.places(owner.index) else { return chain.map { ($0, nil) } }
        let offset = code.offsetInFunction(textOffset)
        var site = places.outermost
        var result: [(function: CompiledModule.Function, places: PlacesInFrame?)] = [(owner, PlacesInFrame(places: places, types: places.types, site: site, offset: offset))]
        var caller = owner
        for function in chain.dropLast().reversed() {
            let own = try code.places(function.index)
            if let call = caller.wasmOffset { site = places.inlined(function.index, at: call, in: site) }
            result.append((function, PlacesInFrame(places: places, types: own?.types ?? [], site: site, offset: offset)))
            caller = function
        }
        return result.reversed()
    }

    /// What a place holds; nil: nobody knows.
    func content(_ place: VariableRange.Place, _ type: LocalPlaces.LocalType, _ recording: RecordedFrames) -> (low: UInt64, high: UInt64)? {
        switch place {
        case .constant(let low, let high): return (low, high)
        case .register(let number):
            if Int(number) < registers.count { return registers[Int(number)].map { ($0, 0) } }
            return hasVectors ? recording.vectorRegister(Int(number), recording.modules[module].machine) : nil
        case .frame(let offset):
            let place = address &+ UInt64(bitPattern: Int64(offset))
            guard let low = recording.read(place, count: type.size) else { return nil }
            if type != .v128 { return (low, 0) }
            return recording.read(place &+ 8).map { (low, $0) }
        }
    }
}

/// The variables of a function at a place in a frame.
struct PlacesInFrame {
    var places: LocalPlaces.Function
    var types: [LocalPlaces.TypeRun]
    var site: LocalPlaces.Function.Site
    var offset: UInt32

    func place(_ subject: VariableRange.Subject) -> VariableRange.Place? { places.place(of: subject, in: site, at: offset) }
    /// All inlined code is of the same instance.
    var context: VariableRange.Place? { places.place(of: .instanceContext, in: places.outermost, at: offset) }
}

extension LocalPlaces.LocalType {
    /// Bytes that are read at once.
    fileprivate var size: Int { self == .i32 || self == .f32 ? 4 : 8 }
}
