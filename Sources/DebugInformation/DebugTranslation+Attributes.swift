// Attributes that mean the same for native code.
extension DebugTranslation {
    /// Copies an attribute of an entry of unit `source` to the entry that is being written, or leaves it out.
    mutating func copy(_ attribute: Attribute, from source: Int) {
        let name = attribute.name
        if name == 0 || AttributeName.isDropped(name) || AttributeName.isPlace(name) { return }
        switch attribute.kind {
        case .address, .unresolved, .sectionOffset: return
        case .constant:
            if name == AttributeName.declarationFile || name == AttributeName.callFile {
                if let file = lineTables.file(attribute.value, of: source, &guestStrings, plan) { writer.unsigned(name, UInt64(file)) }
            } else {
                writer.constant(name, attribute.form, attribute.value)
            }
        case .wideConstant: copyBytes(name, Form.data16, Int(attribute.value)..<Int(attribute.value) + 16)
        case .flag: if attribute.value != 0 { writer.flag(name) }
        case .string, .lineString, .inlineString: copyText(attribute)
        case .block:
            if name == AttributeName.constantValue { copyBytes(name, Form.block, attribute.range) }
        case .expression:
            if isPure(attribute.range) { copyBytes(name, Form.exprloc, attribute.range) }
        case .reference:
            if let target = table.entry(at: attribute.value), plan.isWritten[target] {
                writer.reference(name, target, isInUnit: Int(table.entries[target].unit) == unit)
            }
        }
    }

    private mutating func copyText(_ attribute: Attribute) {
        let isPath = attribute.name == AttributeName.compilationDirectory || attribute.name == AttributeName.name
        if attribute.name == AttributeName.producer, let text = guestStrings.text(attribute) {
            return writer.string(attribute.name, strings.add(Array(text) + Array(", precast".utf8)))
        }
        if guestStrings.mapsPaths, isPath, let text = guestStrings.text(attribute), text.contains(0x2f) {
            let path = guestStrings.mapped(Array(text))
            return writer.string(attribute.name, strings.add(path))
        }
        if let offset = guestStrings.move(attribute, to: &strings) { writer.string(attribute.name, offset) }
    }

    private mutating func copyBytes(_ name: UInt16, _ form: UInt16, _ range: Range<Int>) {
        let info = plan.sections.info
        guard range.upperBound <= info.count else { return }
        writer.bytes(name, form, UnsafeRawBufferPointer(rebasing: info[range]))
    }

    /// Whether an expression only computes with what it is given, so that it holds for native code as it is.
    private func isPure(_ range: Range<Int>) -> Bool {
        guard range.upperBound <= plan.sections.info.count else { return false }
        var cursor = ByteCursor(plan.sections.info, range)
        while !cursor.isAtEnd {
            switch cursor.byte() {
            case 0x08, 0x09: cursor.skip(1)
            case 0x0a, 0x0b: cursor.skip(2)
            case 0x0c, 0x0d: cursor.skip(4)
            case 0x0e, 0x0f: cursor.skip(8)
            case 0x10, 0x23: _ = cursor.uleb()
            case 0x11: _ = cursor.sleb()
            case 0x12...0x14, 0x16...0x22, 0x24...0x27, 0x29...0x2e, 0x30...0x4f, 0x96: break
            case 0x15: cursor.skip(1)
            default: return false
            }
        }
        return !cursor.hasFailed
    }
}
