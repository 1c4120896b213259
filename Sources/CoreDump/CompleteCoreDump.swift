import PrecastArtifactFormat
import PrecastDebugInformation
import PrecastMachineCode

extension CoreDump {
    /// Finds what the loader could not know without debug information: the values of locals, and the instance of each frame.
    ///
    /// Frames that the loader left out as there were too many are added as far as the dump has their memory; the oldest of them become a thread of their own
    /// where frames between are missing.
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
        for isFrameless in [false, true] {
            var runs: [[StackFrame]] = []
            for run in walkStack(recording, code, isFrameless: isFrameless) {
                var found: [StackFrame] = []
                for frame in run { found.append(StackFrame(module: frame.module, functions: frame.code == nil ? nil : try frames(of: frame, recording))) }
                runs.append(found)
            }
            if replace(runs, omittedCount: recording.omittedCount) { return }
        }
    }

    /// Puts the frames of the stack in the place of the dump's, if they are the same. - Parameter omittedCount: how many more there were than the dump has.
    private mutating func replace(_ runs: [[StackFrame]], omittedCount: UInt64) -> Bool {
        guard let first = runs.first, matchesStart(first), omittedCount > 0 || runs.count > 1 || startOfEnd(first) == 0 else { return false }
        var placed = replace(from: 0, first)
        for run in runs.dropFirst() where !run.isEmpty {
            if omittedCount == 0, let start = startOfEnd(run), start >= placed {
                // The dump has all frames: these are its last.
                placed = replace(from: start, run)
            } else {
                threads.append(Thread(name: threads[0].name + Array(" (oldest frames)".utf8), frames: run.flatMap { $0.functions ?? [] }))
            }
        }
        return true
    }

    /// The functions of a machine frame.
    private func frames(of frame: MachineFrame, _ recording: RecordedFrames) throws(CompletionError) -> [Frame] {
        let functions = try frame.functions()
        let context = functions.last?.places?.context.flatMap { frame.content($0, .i64, recording)?.low }
        let found = context.flatMap { address in recording.contexts.firstIndex(of: address) }
        let own = instances.indices.filter { Int(instances[$0].module) == frame.module }
        return functions.map { function, places in
            var result = Frame(instance: UInt32(found ?? own.first ?? 0), function: function.index, codeOffset: function.codeOffset, locals: [], stack: [])
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

    private struct StackFrame {
        /// Row of `coremodules`.
        var module: Int
        /// Nil: the artifact is not at hand. All frames of the dump that are of the module may be its.
        var functions: [Frame]?
    }

    /// Whether the dump's frames begin with those of the stack. The dump may have fewer.
    private func matchesStart(_ found: [StackFrame]) -> Bool {
        let frames = threads[0].frames
        var next = 0
        for frame in found {
            guard let functions = frame.functions else {
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
    private func startOfEnd(_ found: [StackFrame]) -> Int? {
        let frames = threads[0].frames
        var next = frames.count
        for frame in found.reversed() {
            guard let functions = frame.functions else {
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

    /// Puts frames of the stack in the place of the dump's. - Returns: the number of the frame behind them.
    private mutating func replace(from start: Int, _ found: [StackFrame]) -> Int {
        var frames = threads[0].frames
        var next = start
        for frame in found {
            guard let functions = frame.functions else {
                while next < frames.count, module(of: frames[next]) == frame.module { next += 1 }
                continue
            }
            for function in functions {
                if next < frames.count { frames[next] = function } else { frames.append(function) }
                next += 1
            }
        }
        threads[0].frames = frames
        return next
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
