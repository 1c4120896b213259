import PrecastArtifactFormat
import PrecastDebugInformation
import PrecastMachineCode

extension CoreDump {
    /// Finds what the loader could not know without debug information: the values of locals, and the instance of each frame.
    ///
    /// Frames that the loader left out as there were too many are added as far as the dump has their memory; the oldest of them become a thread of their own.
    /// - Parameters:
    ///   - file: the bytes that the dump was read from.
    ///   - modules: the artifacts that ran, those that are at hand.
    /// - Throws: where the dump has nothing of the kind, or none of the artifacts is one of its.
    public mutating func complete(_ file: [UInt8], with modules: [CompiledModule]) throws(CompletionError) {
        guard let contents = recordedFrames, contents.upperBound <= file.count else { throw .noRecording }
        let recording: RecordedFrames
        do throws(CoreDumpError) { recording = try RecordedFrames(file, contents) } catch { throw .dump(error) }
        let code = recording.modules.map { row in modules.first { $0.buildID == row.buildID && $0.machine == row.machine } }
        guard code.contains(where: { $0 != nil }) else {
            throw .otherArtifact(found: modules.map(\.buildID), expected: recording.modules.map(\.buildID))
        }
        guard !threads.isEmpty else { return }
        let runs = walkStack(recording, code)
        var isFirst = true
        for run in runs where !run.isEmpty {
            var found: [(frame: MachineFrame, functions: [Frame])] = []
            for frame in run { found.append((frame, try frames(of: frame, recording))) }
            if isFirst {
                place(found, isCut: runs.count > 1)
            } else if let start = matchEnd(found, threads[0].frames) {
                replace(from: start, found)
            } else {
                threads.append(Thread(name: threads[0].name + Array(" (oldest frames)".utf8), frames: found.flatMap(\.functions)))
            }
            isFirst = false
        }
    }

    /// The frames that a machine frame stands for; none where its artifact is not at hand.
    private func frames(of frame: MachineFrame, _ recording: RecordedFrames) throws(CompletionError) -> [Frame] {
        let functions = try frame.functions()
        let context = functions.last?.places?.context.flatMap { frame.content($0, .i64, recording)?.low }
        let found = context.flatMap { address in recording.contexts.firstIndex(of: address) }
        let own = instances.indices.filter { Int(instances[$0].module) == frame.module }
        let instance = found ?? own.first ?? 0
        return functions.map { function, places in
            var result = Frame(instance: UInt32(instance), function: function.index, codeOffset: function.codeOffset, locals: [], stack: [])
            result.isInstanceCertain = found != nil || own.count < 2
            result.isCompleted = true
            guard let places else { return result }
            var index: UInt32 = 0
            for run in places.types {
                for _ in 0..<run.count {
                    let content = places.place(.local(index)).flatMap { frame.content($0, run.type, recording) }
                    result.locals.append(content.map { Value(run.type, $0) } ?? .missing)
                    index += 1
                }
                result.types += repeatElement(run.type, count: Int(run.count))
            }
            return result
        }
    }

    // MARK: Which frame of the dump is which on the stack

    private mutating func place(_ found: [(frame: MachineFrame, functions: [Frame])], isCut: Bool) {
        if matchStart(found, threads[0].frames) {
            replaceStart(found)
        } else if !isCut, let start = matchEnd(found, threads[0].frames) {
            replace(from: start, found)
        }
    }

    /// Whether the dump's frames begin with those of the stack. A dump may have fewer.
    private func matchStart(_ found: [(frame: MachineFrame, functions: [Frame])], _ frames: [Frame]) -> Bool {
        var next = 0
        for (frame, functions) in found {
            if frame.code == nil {
                while next < frames.count, module(of: frames[next]) == frame.module { next += 1 }
                continue
            }
            for function in functions {
                if next == frames.count { return true }
                if !isSame(function, frames[next], frame.module) { return false }
                next += 1
            }
        }
        return true
    }
    /// Where the frames of the stack begin, if the dump's end with them.
    private func matchEnd(_ found: [(frame: MachineFrame, functions: [Frame])], _ frames: [Frame]) -> Int? {
        var next = frames.count
        for (frame, functions) in found.reversed() {
            if frame.code == nil {
                while next > 0, module(of: frames[next - 1]) == frame.module { next -= 1 }
                continue
            }
            for function in functions.reversed() {
                guard next > 0, isSame(function, frames[next - 1], frame.module) else { return nil }
                next -= 1
            }
        }
        return next
    }
    private func module(of frame: Frame) -> Int? { Int(frame.instance) < instances.count ? Int(instances[Int(frame.instance)].module) : nil }
    private func isSame(_ a: Frame, _ b: Frame, _ module: Int) -> Bool {
        a.function == b.function && a.codeOffset == b.codeOffset && self.module(of: b) == module
    }

    private mutating func replaceStart(_ found: [(frame: MachineFrame, functions: [Frame])]) {
        replace(from: 0, found)
    }
    private mutating func replace(from start: Int, _ found: [(frame: MachineFrame, functions: [Frame])]) {
        var next = start
        for (frame, functions) in found {
            if frame.code == nil {
                while next < threads[0].frames.count, module(of: threads[0].frames[next]) == frame.module { next += 1 }
                continue
            }
            for function in functions {
                if next < threads[0].frames.count { threads[0].frames[next] = function } else { threads[0].frames.append(function) }
                next += 1
            }
        }
    }
}

extension CoreDump.Value {
    fileprivate init(_ type: LocalPlaces.LocalType, _ content: (low: UInt64, high: UInt64)) {
        switch type {
        case .i32: self = .i32(Int32(truncatingIfNeeded: content.low))
        case .i64: self = .i64(Int64(bitPattern: content.low))
        case .f32: self = .f32(UInt32(truncatingIfNeeded: content.low))
        case .f64: self = .f64(content.low)
        case .v128: self = .v128(content.low, content.high)
        case .reference: self = .reference(content.low)
        }
    }
}
