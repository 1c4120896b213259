import PrecastWasmText

/// The first error of a text, or nil.
func failure(in text: String) -> TextError? {
    do throws(TextError) {
        _ = try parseText(text)
        return nil
    } catch {
        return error
    }
}

/// The sections of a module by number, in the order in which they stand.
func sections(_ module: [UInt8]) -> [(id: UInt8, content: [UInt8])] {
    var result: [(id: UInt8, content: [UInt8])] = []
    var position = 8
    while position < module.count {
        let id = module[position]
        position += 1
        var size = 0
        var shift = 0
        while true {
            let byte = module[position]
            position += 1
            size |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        result.append((id, Array(module[position..<position + size])))
        position += size
    }
    return result
}

/// The content of a text's section, the number of its entries dropped.
func section(_ id: UInt8, of text: String) throws -> [UInt8] {
    let found = sections(try parseText(text, TextOptions(keepsNames: false))).first { $0.id == id }
    return Array((found?.content ?? []).dropFirst())
}

/// The operators of the first function of a text: its body without size, locals and final `end`.
func body(_ instructions: String, before fields: String = "") throws -> [UInt8] {
    let code = try section(10, of: "(module \(fields) (func \(instructions)))")
    return Array(code.dropFirst(2).dropLast())
}
