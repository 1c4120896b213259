public import PrecastArtifactFormat

/// Compares an artifact's `.eh_frame` with its code: at every instruction the canonical frame address, the return address and each callee-saved register
/// have to be where the table says. It goes by the file alone (text, `.eh_frame`, function and exception tables) and follows what instructions do.
///
/// Signals may come between any two instructions: what a rule finds in memory has to be above the stack pointer, or in the red zone of machines that have one.
/// Also checked: returns and tail calls with the caller's registers back, callees that pop what their callers expect, no code without an entry.
///
/// Linear in the size of the text, but for what data flow in loops takes.
public func checkUnwinding(of view: ArtifactView) throws(UnwindCheckError) -> UnwindReport {
    guard let convention = MachineConvention(view.stamp.machine) else { throw .machine(view.stamp.machine) }
    let input = try UnwindInput(view)
    guard var code = Disassembler(convention, text: input.text) else { throw .disassembler }
    var report = UnwindReport()
    var interfaces: [Int64: FunctionAnalysis.Interface] = [:]
    for (number, range) in input.functions.enumerated() {
        var function = FunctionAnalysis(convention, range, input.frames[range.lowerBound], input.landings)
        function.run(&code)
        report.functions += 1
        report.instructions += function.instructionCount
        report.add(function.findings.map { input.finding($0.place, number, $0.what) }, of: function.findingCount)
        interfaces[range.lowerBound] = function.interface
    }
    report.add(Agreement(interfaces).findings(input))
    report.add(gaps(input, &code))
    report.findings.sort { $0.address < $1.address }
    return report
}

extension UnwindReport {
    fileprivate mutating func add(_ new: [UnwindFinding], of count: Int? = nil) {
        findings += new
        findingCount += count ?? new.count
    }
}

/// The parts of an artifact that the check goes by.
private struct UnwindInput {
    let text: UnsafeRawBufferPointer
    /// Ranges of the text, ascending.
    let functions: [Range<Int64>]
    /// By first place.
    let frames: [Int64: FrameEntry]
    let landings: Landings
    private let textAddress: UInt64

    func finding(_ place: Int64, _ function: Int?, _ what: String) -> UnwindFinding {
        UnwindFinding(address: textAddress &+ UInt64(bitPattern: place), function: function, what: what)
    }

    init(_ view: ArtifactView) throws(UnwindCheckError) {
        do throws(ArtifactError) {
            text = try view.region(.text)
            landings = try Landings(view)
            let rows = try view.table(.functions, of: FunctionRecord.self)
            var functions: [Range<Int64>] = []
            for n in 0..<rows.count {
                let row = try rows.record(n)
                let start = Int64(row.textOffset), end = start + Int64(row.byteCount)
                guard start >= functions.last?.upperBound ?? 0, end <= Int64(text.count) else {
                    throw .invalid(field: "place of a function", found: UInt64(start))
                }
                functions.append(start..<end)
            }
            self.functions = functions
        } catch { throw .artifact(error) }
        let section: UnsafeRawBufferPointer, row: DirectoryRecord?
        do throws(ArtifactError) {
            section = try view.region(.unwind)
            row = try view.entry(.unwind)
            textAddress = try view.entry(.text)?.address ?? 0
        } catch { throw .artifact(error) }
        let entries = try CallFrames(section, address: row?.address ?? 0, text: textAddress).entries
        frames = Dictionary(entries.map { ($0.range.lowerBound, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Whether callers and callees mean the same stack arguments.
private struct Agreement {
    let interfaces: [Int64: FunctionAnalysis.Interface]
    /// What a function pops; nil: it never returns, or only through pointers.
    private var pops: [Int64: Int64] = [:]

    init(_ interfaces: [Int64: FunctionAnalysis.Interface]) {
        self.interfaces = interfaces
        for (place, interface) in interfaces { if let some = interface.pops.min() { pops[place] = some } }
        // Along tail calls, to those that return through others only.
        var changed = true
        while changed {
            changed = false
            for (place, interface) in interfaces where pops[place] == nil {
                for tail in interface.tails {
                    guard let known = pops[tail.callee] else { continue }
                    pops[place] = known + tail.popped
                    changed = true
                    break
                }
            }
        }
    }

    func findings(_ input: UnwindInput) -> [UnwindFinding] {
        var findings: [UnwindFinding] = []
        for (number, range) in input.functions.enumerated() {
            guard let interface = interfaces[range.lowerBound] else { continue }
            func find(_ place: Int64, _ what: String) { findings.append(input.finding(place, number, what)) }
            let own = pops[range.lowerBound]
            if interface.pops.count > 1 { find(range.lowerBound, "its returns pop \(interface.pops.sorted().map(String.init).joined(separator: " or ")) bytes") }
            for demand in interface.demands {
                if let found = pops[demand.callee], found != demand.pops {
                    find(demand.place, "a call of what pops \(found) bytes goes on as if it were \(demand.pops)")
                } else if interfaces[demand.callee] == nil {
                    find(demand.place, "a call of no function")
                }
            }
            for tail in interface.tails {
                if let found = pops[tail.callee], let own, found + tail.popped != own {
                    find(range.lowerBound, "a tail call pops \(found + tail.popped) bytes, a return \(own)")
                } else if interfaces[tail.callee] == nil {
                    find(range.lowerBound, "a tail call of no function")
                }
            }
        }
        return findings
    }
}

/// What is in the text between functions is padding.
private func gaps(_ input: UnwindInput, _ code: inout Disassembler) -> [UnwindFinding] {
    var findings: [UnwindFinding] = []
    var place: Int64 = 0
    for range in input.functions + [Int64(input.text.count)..<Int64(input.text.count)] {
        while place < range.lowerBound {
            guard let instruction = code.decode(at: Int(place)), instruction.isPadding else {
                findings.append(input.finding(place, nil, "bytes of no function"))
                break
            }
            place += Int64(instruction.size)
        }
        place = range.upperBound
    }
    return findings
}
