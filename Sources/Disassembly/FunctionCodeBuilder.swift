import PrecastArtifactFormat

/// Makes the lines of one function.
struct FunctionCodeBuilder {
    private let names: CodeNames
    private let code: UnsafeRawBufferPointer
    private let textAddress: UInt64
    private var result: FunctionCode
    private var instructions: [MachineInstruction] = []
    private var data: [CodePartition.Datum] = []
    private var unknown: [Range<UInt64>] = []
    private var landingPads = Set<UInt64>()
    private var labels: [UInt64: String] = [:]
    private var chainNumbers: [[FunctionCode.Frame]: Int] = [:]

    init(_ record: FunctionRecord, _ row: Int, _ code: UnsafeRawBufferPointer, textAddress: UInt64, _ names: CodeNames) {
        self.names = names
        self.code = code
        self.textAddress = textAddress
        result = FunctionCode(record: record, row: row, name: names.name(of: record), address: textAddress + UInt64(record.textOffset))
    }

    private var end: UInt64 { result.address + UInt64(code.count) }

    mutating func read(_ disassembler: Disassembler) {
        let partition = CodePartition(code, at: result.address, disassembler)
        (instructions, data, unknown) = (partition.instructions, partition.data, partition.unknown)
        machine = disassembler.machine
    }
    private var machine = Machine.x86_64

    mutating func addLandingPad(_ textOffset: UInt32) { landingPads.insert(textAddress + UInt64(textOffset)) }

    /// Adds a line for every instruction.
    ///
    /// - Parameters:
    ///   - trap: why the instruction at a text offset traps; empty: it does not.
    ///   - chain: where the code at a text offset of a function comes from.
    mutating func addInstructions(trap: (UInt32) -> String, chain: (UInt32, UInt32) -> [FunctionCode.Frame]) {
        nameLabels()
        result.lines.reserveCapacity(instructions.count + data.count)
        for instruction in instructions {
            let offset = UInt32(truncatingIfNeeded: instruction.address - textAddress)
            var line = FunctionCode.Line(
                address: instruction.address, bytes: bytes(instruction.address, instruction.byteCount), label: labels[instruction.address],
                mnemonic: instruction.mnemonic, operands: operands(instruction))
            if let reference = comment(instruction.reference) { line.comments.append(reference) }
            let reason = trap(offset)
            if !reason.isEmpty { line.comments.append("trap: " + reason) }
            if landingPads.contains(instruction.address) { line.comments.append("landing pad") }
            line.chain = number(chain(offset, result.record.functionIndex))
            result.lines.append(line)
        }
        addContextComments()
    }

    consuming func finish() -> FunctionCode {
        addData()
        result.lines.sort { $0.address < $1.address }
        return result
    }

    // MARK: Labels

    private mutating func nameLabels() {
        var targets = landingPads
        for datum in data { targets.formUnion(datum.targets) }
        for instruction in instructions where instruction.flow == .jump || instruction.flow == .branch {
            if let target = instruction.target, target >= result.address, target < end { targets.insert(target) }
        }
        for (number, address) in targets.sorted().enumerated() { labels[address] = "L\(number + 1)" }
        var tables = 0, constants = 0
        for datum in data {
            if datum.targets.isEmpty {
                constants += 1
                labels[datum.address] = "C\(constants)"
            } else {
                tables += 1
                labels[datum.address] = "T\(tables)"
            }
        }
    }

    private func operands(_ instruction: MachineInstruction) -> String {
        guard let target = instruction.target else { return instruction.operands }
        if let label = labels[target], instruction.flow != .call { return instruction.operands(targetName: label) }
        return instruction.operands(targetName: names.code(at: target) ?? hexadecimal(target))
    }

    private func comment(_ reference: MachineInstruction.Reference?) -> String? {
        guard let reference else { return nil }
        if let label = labels[reference.address] {
            guard let datum = data.first(where: { $0.address == reference.address }) else { return label }
            return datum.targets.isEmpty ? "\(label): \(constant(datum).operands)" : "\(label): jump table"
        }
        return names.code(at: reference.address) ?? names.data(at: reference.address)
    }

    // MARK: What the instance context tells

    private mutating func addContextComments() {
        let targets = data.reduce(into: Set<UInt64>()) { $0.formUnion($1.targets) }
        var found: [(Int, String)] = []
        ContextFlow(machine).walk(instructions, result.record.kind, tableTargets: targets, landingPads: landingPads) { index, state in
            if let comment = comment(instructions[index], state) { found.append((index, comment)) }
        }
        for (index, comment) in found where !result.lines[index].comments.contains(comment) { result.lines[index].comments.insert(comment, at: 0) }
    }

    private func comment(_ instruction: MachineInstruction, _ state: KnownState) -> String? {
        if case .call(let register, let place) = instruction.effect {
            if let place, let path = state.path(of: place) { return names.callee(at: path) }
            guard let register, let value = state.registers[register] else { return nil }
            switch value {
            case .address(let address): return names.code(at: address)
            case .context(let path): return path.source.flatMap(names.callee)
            }
        }
        if case .copy(_, let from, let addend) = instruction.effect, addend != 0, let value = state.registers[from] {
            switch value {
            case .address(let address): return names.code(at: address &+ UInt64(bitPattern: addend)) ?? names.data(at: address &+ UInt64(bitPattern: addend))
            case .context(let path): return names.place(path.adding(addend)).map { "address of \($0)" }
            }
        }
        guard let place = instruction.place, let path = state.path(of: place) else { return nil }
        return place.isIndexed ? names.region(path) : names.place(path)
    }

    // MARK: Data

    private mutating func addData() {
        for datum in data {
            if datum.targets.isEmpty {
                let (mnemonic, operands) = constant(datum)
                result.lines.append(dataLine(datum.address, datum.byteCount, labels[datum.address], mnemonic, operands))
            }
            for (n, target) in datum.targets.enumerated() {
                let label = n == 0 ? labels[datum.address] : nil
                result.lines.append(dataLine(datum.address + UInt64(4 * n), 4, label, ".long", "\(labels[target] ?? "?") - \(labels[datum.address] ?? "?")"))
            }
        }
        for range in unknown { result.lines.append(dataLine(range.lowerBound, range.count, nil, ".byte", "")) }
        for index in result.lines.indices where result.lines[index].mnemonic == ".byte" {
            result.lines[index].operands = result.lines[index].bytes.map { hexadecimal(UInt64($0)) }.joined(separator: ", ")
        }
    }

    private func dataLine(_ address: UInt64, _ byteCount: Int, _ label: String?, _ mnemonic: String, _ operands: String) -> FunctionCode.Line {
        FunctionCode.Line(address: address, bytes: bytes(address, byteCount), label: label, mnemonic: mnemonic, operands: operands, isData: true)
    }

    /// A constant as a directive and its value.
    private func constant(_ datum: CodePartition.Datum) -> (mnemonic: String, operands: String) {
        let bytes = bytes(datum.address, datum.byteCount)
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: return (".long", "\(hexadecimal(number(0..<4))) (\(Float(bitPattern: UInt32(number(0..<4)))))")
        case 8: return (".quad", "\(hexadecimal(number(0..<8))) (\(Double(bitPattern: number(0..<8))))")
        case 16: return (".octa", "0x" + [number(8..<16), number(0..<8)].map { padded(String($0, radix: 16), 16) }.joined())
        default: return (".byte", "")
        }
    }

    private func bytes(_ address: UInt64, _ byteCount: Int) -> [UInt8] {
        Array(code[Int(address - result.address)..<min(Int(address - result.address) + byteCount, code.count)])
    }

    private mutating func number(_ chain: [FunctionCode.Frame]) -> Int? {
        if chain.isEmpty { return nil }
        if let known = chainNumbers[chain] { return known }
        chainNumbers[chain] = result.chains.count
        result.chains.append(chain)
        return result.chains.count - 1
    }
}

func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
/// Zeros before, up to `width` digits.
func padded(_ digits: String, _ width: Int) -> String { String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits }
