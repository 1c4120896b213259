import PrecastArtifactFormat
import PrecastObjectEmission

/// Where the variables of one function are, and of the calls inlined into it.
final class FunctionDescription: Sendable {
    /// By entry, from the function's own on.
    let own: [VariableLocation]
    /// By instance: its scopes and variables. The first, the function itself, has none here.
    let items: [[DebugPlan.Item]]
    /// Where linear memory is.
    let memory: VariableLocation
    /// The location lists that variables refer to.
    let lists: SectionBuilder
    /// Whether describing all of it would have taken too long.
    let isIncomplete: Bool

    fileprivate init(
        _ own: [VariableLocation], _ items: [[DebugPlan.Item]], memory: VariableLocation, _ lists: SectionBuilder, isIncomplete: Bool
    ) {
        self.own = own
        self.items = items
        self.memory = memory
        self.lists = lists
        self.isIncomplete = isIncomplete
    }
}

enum VariableLocation: Sendable {
    case none
    /// The operations hold in all code of the function.
    case expression([UInt8])
    /// Offset in the function's lists.
    case list(UInt32)

    var isKnown: Bool { if case .none = self { false } else { true } }
}

/// By position of the guest's function; nil where it has no entry or no code.
func describeFunctions(_ plan: DebugPlan, _ context: ContextPlaces, _ forEach: ForEach) -> [FunctionDescription?] {
    collect(plan.natives.count, forEach) { position in
        guard let native = plan.natives[position], plan.entryOfFunction[position] != DebugPlan.none else { return nil }
        var describer = FunctionDescriber(plan, native, context)
        return describer.describe(Int(plan.entryOfFunction[position]))
    }
}

/// Finds the locations of a function's variables. Those that say the same in the guest's DWARF are found once.
private struct FunctionDescriber {
    /// What a location depends on, within a function.
    private struct Key: Hashable {
        enum Kind { case list, shortExpression, expression }
        var instance: UInt32
        var unit: UInt16
        var kind: Kind
        /// Offset of the list or of the expression, or the bytes of a short one.
        var value: UInt64
    }
    private let plan: DebugPlan
    private let native: NativeFunction
    private let context: ContextPlaces
    private var known: [Key: VariableLocation] = [:]
    private var lists = SectionBuilder()
    /// Steps that the function is worth: entries, ranges, stretches. Lists that many entries share would make their number quadratic.
    private var budget = 0
    /// Of the instance at hand.
    private var instance = 0
    private var frameBase: [GuestExpression.Step]?
    private var instanceCode: [CodeRange] = []
    /// Memory that is used again.
    private var found = NativeLocations()
    private var code: [CodeRange] = []

    init(_ plan: DebugPlan, _ native: NativeFunction, _ context: ContextPlaces) {
        self.plan = plan
        self.native = native
        self.context = context
    }

    mutating func describe(_ root: Int) -> FunctionDescription {
        begin(0)
        budget = 4096 + 256 * (Int(native.size) + Int(plan.table.entries[root].end) - root)
        var own = [VariableLocation](repeating: .none, count: Int(plan.table.entries[root].end) - root)
        var number = root + 1
        while number < root + own.count {
            let entry = plan.table.entries[number]
            if !plan.isWritten[number] || plan.function(number) != nil {
                number = Int(entry.end)
                continue
            }
            if Tag.isData(entry.tag) { own[number - root] = location(of: entry) }
            number += 1
        }
        var items: [[DebugPlan.Item]] = [[]]
        for i in native.instances.indices.dropFirst() { items.append(describeInstance(i)) }
        found.removeAll()
        translation(addressSize: 8).locateMemory(over: CodeRange(start: 0, end: native.size), &found)
        let memory = write()
        return FunctionDescription(own, items, memory: memory, lists, isIncomplete: budget < 0)
    }

    private mutating func describeInstance(_ instance: Int) -> [DebugPlan.Item] {
        guard !native.instances[instance].spans.isEmpty, let root = plan.entry(of: instance, native) else { return [] }
        begin(instance)
        var items = plan.items(of: root, in: native, instance, &budget)
        for i in items.indices where items[i].scope == nil { items[i].location = location(of: plan.table.entries[items[i].number]) }
        return items
    }

    private mutating func begin(_ instance: Int) {
        self.instance = instance
        instanceCode = instance == 0 ? [CodeRange(start: 0, end: native.size)] : native.code(of: instance)
        frameBase = plan.entry(of: instance, native).flatMap { plan.frameBase(of: plan.table.entries[$0]) }
    }

    // MARK: Variables

    private mutating func location(of entry: Entry) -> VariableLocation {
        guard budget >= 0, !native.places.isEmpty, let attribute = plan.table.attribute(AttributeName.location, of: entry), let key = key(attribute, entry.unit) else {
            return .none
        }
        if let location = known[key] { return location }
        let location = location(attribute, plan.table.units[Int(entry.unit)])
        known[key] = location
        return location
    }

    private func key(_ attribute: Attribute, _ unit: UInt16) -> Key? {
        switch attribute.kind {
        case .sectionOffset: return Key(instance: UInt32(instance), unit: unit, kind: .list, value: attribute.value)
        case .expression, .block:
            let range = attribute.range
            guard range.count < 8, range.upperBound <= plan.sections.info.count else {
                return Key(instance: UInt32(instance), unit: unit, kind: .expression, value: attribute.value)
            }
            var bytes = UInt64(range.count)
            for i in range { bytes = bytes << 8 | UInt64(plan.sections.info[i]) }
            return Key(instance: UInt32(instance), unit: unit, kind: .shortExpression, value: bytes)
        default: return nil
        }
    }

    private func translation(addressSize: UInt8) -> LocationTranslation {
        LocationTranslation(
            places: native.places, call: native.instances[instance].hasVariables ? native.instances[instance].call : nil, context: context,
            addressSize: addressSize, firstVectorRegister: plan.module.target.machine.firstVectorRegister)
    }

    private mutating func location(_ attribute: Attribute, _ unit: Unit) -> VariableLocation {
        let translation = translation(addressSize: unit.addressSize)
        found.removeAll()
        code.removeAll(keepingCapacity: true)
        var located = 0
        for location in plan.lists.locations(attribute, unit) {
            budget -= 1 + found.stretches.count - located + code.count
            located = found.stretches.count
            if budget < 0 { return .none }
            let local = GuestExpression.local(location.section, location.expression)
            let expression = local == nil
                ? GuestExpression(location.section, location.expression, unit, plan.table, frameBase: frameBase) : nil
            if local == nil && expression == nil { continue }
            if let range = location.range {
                code.removeAll(keepingCapacity: true)
                if !native.addCode(of: range, in: instance, to: &code) { NativeFunction.merge(&code) }
            } else {
                code = instanceCode
            }
            if let local { translation.locate(local: local, over: code, &found) }
            if let expression { translation.locate(expression, over: code, &found) }
        }
        found.separate()
        return write()
    }

    /// A list, or a single expression where that holds in the whole function.
    private mutating func write() -> VariableLocation {
        guard let first = found.stretches.first else { return .none }
        if found.stretches.count == 1, first.code == CodeRange(start: 0, end: native.size) { return .expression(Array(found.operations(of: first))) }
        let offset = UInt32(lists.bytes.count)
        found.write(native.number, to: &lists)
        lists.bytes.append(ListEntry.end)
        return .list(offset)
    }
}

extension Machine {
    /// DWARF's number of the first register that holds no addresses.
    var firstVectorRegister: UInt8 { self == .x86_64 ? 17 : 32 }
}

extension DebugPlan {
    /// The steps that give the frame base of a guest's function.
    fileprivate func frameBase(of entry: Entry) -> [GuestExpression.Step]? {
        guard let attribute = table.attribute(AttributeName.frameBase, of: entry), attribute.kind == .expression || attribute.kind == .block else { return nil }
        return GuestExpression.frameBase(sections.info, attribute.range, table.units[Int(entry.unit)], table)
    }
}
