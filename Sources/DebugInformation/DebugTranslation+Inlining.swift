import PrecastEntities
import PrecastObjectEmission

// Functions that this compiler inlined.
extension DebugPlan {
    /// A scope or variable of a function, as it is in one instance.
    struct Item: Sendable {
        var number: Int
        var end: UInt32
        /// Of scopes only.
        var scope: Scope?
        /// Of variables only.
        var location = VariableLocation.none
    }

    /// The scopes that are written in the function whose entry is `number`.
    func scopeItems(of number: Int) -> [Item] {
        var items: [Item] = []
        var inner = number + 1
        while inner < Int(table.entries[number].end) {
            let entry = table.entries[inner]
            if !isWritten[inner] || entry.tag == Tag.subprogram {
                inner = Int(entry.end)
                continue
            }
            if let scope = scope(inner) { items.append(Item(number: inner, end: entry.end, scope: scope)) }
            inner += 1
        }
        return items
    }

    /// The scopes and variables of a function in an instance of it, those without code left out. Ends early where it takes more than `budget` steps.
    func items(of number: Int, in native: NativeFunction, _ instance: Int, _ budget: inout Int) -> [Item] {
        var items: [Item] = []
        var around: [(end: UInt32, guest: [GuestRange])] = [(table.entries[number].end, lists.ranges(of: table.entries[number]))]
        var inner = number + 1
        while inner < Int(table.entries[number].end), budget >= 0 {
            budget -= 1
            while around.count > 1, around[around.count - 1].end <= UInt32(inner) { around.removeLast() }
            let entry = table.entries[inner]
            if Tag.isScope(entry.tag) {
                let ranges = lists.ranges(of: entry)
                budget -= ranges.count + around[around.count - 1].guest.count
                let guest = intersection(ranges, around[around.count - 1].guest)
                budget -= native.spanCount(of: guest, in: instance)
                let code = native.code(of: guest, in: instance)
                if code.isEmpty {
                    inner = Int(entry.end)
                    continue
                }
                items.append(Item(number: inner, end: entry.end, scope: Scope(guest: guest, code: code)))
                around.append((entry.end, guest))
                inner += 1
            } else {
                if Tag.isData(entry.tag) { items.append(Item(number: inner, end: entry.end)) }
                inner = Int(entry.end)
            }
        }
        return items
    }

    /// The calls inlined into an instance, by the innermost of its scopes that has them.
    func owners(of native: NativeFunction?, _ instance: Int, from root: Int, _ items: [Item]) -> [UInt32: [Int]] {
        guard let native, !native.instances[instance].children.isEmpty else { return [:] }
        let calls = native.instances[instance].children.sorted { native.instances[$0].callOffset < native.instances[$1].callOffset }
        var owner = [Int](repeating: root, count: calls.count)
        for item in items {
            guard let scope = item.scope else { continue }
            for range in scope.guest {
                var next = calls.partitionPoint { native.instances[$0].callOffset < range.start }
                while next < calls.count, native.instances[calls[next]].callOffset < range.end {
                    owner[next] = item.number
                    next += 1
                }
            }
        }
        var result: [UInt32: [Int]] = [:]
        for (call, number) in zip(calls, owner) where hasEntry(call, native) { result[UInt32(number), default: []].append(call) }
        return result
    }

    /// The entry of the function that an instance is of.
    func entry(of instance: Int, _ native: NativeFunction) -> Int? {
        let position = Int(native.instances[instance].function) - Int(code.importedFunctionCount)
        guard entryOfFunction.indices.contains(position), entryOfFunction[position] != Self.none else { return nil }
        return Int(entryOfFunction[position])
    }
    /// Whether there is anything to write for an instance: its function's entry, or one of something inlined into it.
    private func hasEntry(_ instance: Int, _ native: NativeFunction) -> Bool {
        var rest = [instance]
        while let next = rest.popLast() {
            if native.instances[next].spans.isEmpty { continue }
            if entry(of: next, native) != nil { return true }
            rest += native.instances[next].children
        }
        return false
    }
}

extension DebugTranslation {
    /// Writes the entry of a call that was inlined into a function, with all that is in it. The depth is that of the inliner's chains.
    mutating func writeInstance(_ instance: Int, of function: Int) {
        guard let native = plan.natives[function] else { return }
        let code = native.code(of: instance)
        if code.isEmpty { return }
        guard let root = plan.entry(of: instance, native) else {
            for inner in native.instances[instance].children { writeInstance(inner, of: function) }
            return
        }
        let items = descriptions[function]?.items[instance] ?? []
        let calls = plan.owners(of: native, instance, from: root, items)
        let entry = table.entries[root]
        writer.begin(Tag.inlinedSubroutine, hasChildren: !items.isEmpty || calls[UInt32(root)] != nil)
        addOrigin(of: root)
        add(code, of: native.number)
        addCall(of: native.instances[instance], in: native)
        writer.end()
        var open: [(number: Int, end: UInt32)] = []
        for (position, item) in items.enumerated() {
            while let last = open.last, last.end <= UInt32(item.number) {
                for call in calls[UInt32(last.number)] ?? [] { writeInstance(call, of: function) }
                writer.close()
                open.removeLast()
            }
            let next = position + 1 < items.count ? UInt32(items[position + 1].number) : entry.end
            let hasChildren = item.scope != nil && (next < item.end || calls[UInt32(item.number)] != nil)
            write(item, of: native, function, hasChildren: hasChildren)
            if hasChildren { open.append((item.number, item.end)) }
        }
        while let last = open.popLast() {
            for call in calls[UInt32(last.number)] ?? [] { writeInstance(call, of: function) }
            writer.close()
        }
        for call in calls[UInt32(root)] ?? [] { writeInstance(call, of: function) }
        if !items.isEmpty || calls[UInt32(root)] != nil { writer.close() }
    }

    private mutating func write(_ item: DebugPlan.Item, of native: NativeFunction, _ function: Int, hasChildren: Bool) {
        let entry = table.entries[item.number]
        writer.begin(entry.tag, hasChildren: hasChildren)
        if let scope = item.scope {
            for attribute in table.attributes(of: entry) { copy(attribute, from: Int(entry.unit)) }
            add(scope.code, of: native.number)
            return writer.end()
        }
        if table.attribute(AttributeName.abstractOrigin, of: entry) == nil, plan.isWritten[item.number] {
            writer.reference(AttributeName.abstractOrigin, item.number, isInUnit: Int(entry.unit) == unit)
        } else {
            for attribute in table.attributes(of: entry) { copy(attribute, from: Int(entry.unit)) }
        }
        add(item.location, in: function)
        writer.end()
    }

    /// The abstract function that an inlined one is of: what its own entry is of, or else that entry.
    private mutating func addOrigin(of root: Int) {
        let entry = table.entries[root]
        if let origin = table.attribute(AttributeName.abstractOrigin, of: entry), origin.kind == .reference,
            let target = table.entry(at: origin.value), plan.isWritten[target] {
            return writer.reference(AttributeName.abstractOrigin, target, isInUnit: Int(table.entries[target].unit) == unit)
        }
        writer.reference(AttributeName.abstractOrigin, root, isInUnit: Int(entry.unit) == unit)
    }

    private mutating func addCall(of instance: NativeFunction.Instance, in native: NativeFunction) {
        guard let place = lineTables.place(instance.callOffset, native.instances[instance.parent].function, plan) else { return }
        guard let file = lineTables.file(UInt64(place.row.file), of: place.unit, &guestStrings, plan) else { return }
        writer.unsigned(AttributeName.callFile, UInt64(file))
        writer.unsigned(AttributeName.callLine, UInt64(place.row.line))
        if place.row.column != 0 { writer.unsigned(AttributeName.callColumn, UInt64(place.row.column)) }
    }
}
