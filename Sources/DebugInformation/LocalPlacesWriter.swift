import PrecastArtifactFormat
import PrecastMachineCode
public import PrecastObjectEmission

/// The section `.precast.locals`: where the locals of the module's functions are, by code. docs/artifact-format.md has it byte by byte.
///
/// - Parameter types: of the locals of a function that the module defines, by its index; parameters first.
/// - Complexity: linear in the functions' variable ranges and source locations.
public func localPlacesSection(_ module: LinkedModule, types: (UInt32) -> [LocalPlaces.TypeRun]) -> DebugSection {
    var bytes = [LocalPlaces.version]
    var next: UInt32 = 0
    for function in module.functions where function.kind == .function && function.functionIndex >= next {
        var writer = FunctionWriter()
        writer.write(function, types(function.functionIndex))
        bytes.appendUnsigned(UInt64(function.functionIndex - next))
        bytes.appendUnsigned(UInt64(writer.bytes.count))
        bytes += writer.bytes
        next = function.functionIndex &+ 1
    }
    return DebugSection(name: SectionNames.locals, bytes: bytes)
}

private struct FunctionWriter {
    var bytes: [UInt8] = []
    private var scopes: [LocalPlaces.Scope] = []
    /// By handle of a call's location: the number of the scope for what was inlined there, 0 while there is none.
    private var scopeOfCall: [UInt32] = []

    private mutating func put(_ number: UInt32) { bytes.appendUnsigned(UInt64(number)) }

    mutating func write(_ function: EmittedFunction, _ types: [LocalPlaces.TypeRun]) {
        put(UInt32(types.count))
        for run in types {
            put(run.count)
            bytes.append(run.type.rawValue)
        }
        let localCount = types.reduce(0) { $0 + Int($1.count) }
        if !writeHomes(function.compiled.variables, localCount) { writeRanges(function) }
    }

    /// All locals in the frame, one after the other, behind the instance context and everywhere in the code.
    private mutating func writeHomes(_ variables: [VariableRange], _ localCount: Int) -> Bool {
        guard variables.count == localCount + 1, let context = variables.last, context.subject == .instanceContext, case .frame(let start) = context.place else {
            return false
        }
        var stride: Int32 = 0
        if case .frame(let first)? = variables.first?.place, localCount > 0 { stride = first &- start }
        guard stride >= 0 else { return false }
        for (number, range) in variables.dropLast().enumerated() {
            guard range.subject == .local(UInt32(number)), range.inlinedAt == .max, range.offsets == context.offsets,
                case .frame(let place) = range.place, Int64(place) == Int64(start) + Int64(stride) * Int64(number + 1)
            else { return false }
        }
        bytes.append(0)
        put(context.offsets.lowerBound)
        put(UInt32(context.offsets.count))
        bytes.appendSigned(Int64(start))
        put(UInt32(stride))
        return true
    }

    private mutating func writeRanges(_ function: EmittedFunction) {
        bytes.append(1)
        let variables = function.compiled.variables
        findScopes(function, variables)
        put(UInt32(scopes.count - 1))
        var last: UInt32 = 0
        for scope in scopes.dropFirst() {
            put(scope.parent)
            bytes.appendSigned(Int64(Int32(bitPattern: scope.callOffset &- last)))
            last = scope.callOffset
            put(scope.function)
        }
        // Groups are in the order of scopes, which is not that of calls.
        var groups: [(scope: UInt32, range: Range<Int>)] = []
        var start = 0
        while start < variables.count {
            let first = variables[start]
            var end = start + 1
            while end < variables.count, variables[end].inlinedAt == first.inlinedAt, variables[end].subject == first.subject { end += 1 }
            let scope = scope(of: first.inlinedAt)
            if Self.isWritten(first.subject), first.inlinedAt == .max || scope != 0 { groups.append((scope, start..<end)) }
            start = end
        }
        if !zip(groups, groups.dropFirst()).allSatisfy({ $0.scope <= $1.scope }) {
            groups.sort { ($0.scope, $0.range.lowerBound) < ($1.scope, $1.range.lowerBound) }
        }
        var scope: UInt32 = 0
        for group in groups {
            put(group.scope - scope)
            scope = group.scope
            write(variables[group.range])
        }
    }
    private func scope(of call: UInt32) -> UInt32 { Int(call) < scopeOfCall.count ? scopeOfCall[Int(call)] : 0 }

    private static func isWritten(_ subject: VariableRange.Subject) -> Bool {
        switch subject {
        case .local, .instanceContext: true
        case .localAddress, .memoryBase: false
        }
    }

    /// The places of one variable.
    private mutating func write(_ ranges: ArraySlice<VariableRange>) {
        guard let first = ranges.first else { return }
        if case .local(let index) = first.subject { put(index + 1) } else { put(0) }
        put(UInt32(ranges.count - 1))
        var end: UInt32 = 0
        for range in ranges {
            put(range.offsets.lowerBound - end)
            put(UInt32(range.offsets.count))
            end = range.offsets.upperBound
            switch range.place {
            case .register(let number): bytes.appendUnsigned(UInt64(number) << 2)
            case .frame(let offset): bytes.appendUnsigned(UInt64(UInt32(bitPattern: offset << 1 ^ offset >> 31)) << 2 | 1)
            case .constant(let value, high: 0):
                bytes.append(2)
                bytes.appendUnsigned(value)
            case .constant(let low, let high):
                bytes.append(3)
                bytes.appendUnsigned(low)
                bytes.appendUnsigned(high)
            }
        }
    }

    /// Numbers the inlined calls that have variables, and those around them. Where one call stands for several functions, nobody can tell whose variables they are.
    private mutating func findScopes(_ function: EmittedFunction, _ variables: [VariableRange]) {
        scopes = [LocalPlaces.Scope(parent: 0, callOffset: 0, function: function.functionIndex)]
        scopeOfCall = []
        if !variables.contains(where: { $0.inlinedAt != .max }) { return }
        scopeOfCall = [UInt32](repeating: 0, count: function.locations.count)
        var callees = [UInt32?](repeating: nil, count: function.locations.count)
        for location in function.locations where Int(location.caller) < callees.count {
            let known = callees[Int(location.caller)]
            callees[Int(location.caller)] = known == nil || known == location.functionIndex ? location.functionIndex : .max
        }
        var last: UInt32 = .max
        for range in variables where range.inlinedAt != last {
            last = range.inlinedAt
            _ = addScope(ofCall: last, function, callees)
        }
    }
    private mutating func addScope(ofCall call: UInt32, _ function: EmittedFunction, _ callees: [UInt32?]) -> UInt32 {
        guard Int(call) < scopeOfCall.count, let callee = callees[Int(call)], callee != .max else { return 0 }
        if scopeOfCall[Int(call)] != 0 { return scopeOfCall[Int(call)] }
        let location = function.locations[Int(call)]
        var parent: UInt32 = 0
        if location.caller != .max {
            // Callers have smaller handles.
            guard location.caller < call, case let found = addScope(ofCall: location.caller, function, callees), found != 0 else { return 0 }
            parent = found
        }
        scopeOfCall[Int(call)] = UInt32(scopes.count)
        scopes.append(LocalPlaces.Scope(parent: parent, callOffset: location.wasmOffset, function: callee))
        return scopeOfCall[Int(call)]
    }
}
