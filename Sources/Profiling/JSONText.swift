/// Writes JSON, value by value. Text is escaped so that it may stand in a script of an HTML page, too.
struct JSONText {
    private(set) var text = ""
    private var needsComma = false

    private mutating func separate() {
        if needsComma { text += "," }
        needsComma = true
    }

    private mutating func nest(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    mutating func object(_ body: (inout JSONText) -> Void) { nest("{", "}", body) }
    mutating func array(_ body: (inout JSONText) -> Void) { nest("[", "]", body) }
    mutating func array(_ body: () -> Void) { nest("[", "]") { _ in } }

    mutating func element(_ body: (inout JSONText) -> Void) {
        separate()
        body(&self)
        needsComma = true
    }
    mutating func element(_ value: String) { element { $0.string(value) } }
    mutating func element(_ value: Int) {
        separate()
        text += String(value)
    }

    mutating func member(_ name: String, _ body: (inout JSONText) -> Void) {
        separate()
        string(name)
        text += ":"
        body(&self)
        needsComma = true
    }
    mutating func member(_ name: String, _ value: String) { member(name) { $0.string(value) } }
    mutating func member(_ name: String, _ value: Int) { member(name) { $0.text += String(value) } }
    mutating func member(_ name: String, _ value: Double) { member(name) { $0.number(value) } }
    mutating func member(_ name: String, _ value: Bool) { member(name) { $0.text += value ? "true" : "false" } }

    /// A member that is an array of numbers.
    mutating func column(_ name: String, _ values: [Int?]) { list(name, values) { $0.text += $1.map { String($0) } ?? "null" } }
    mutating func column(_ name: String, _ values: [Int]) { list(name, values) { $0.text += String($1) } }
    mutating func numbers(_ name: String, _ values: [Double]) { list(name, values) { $0.number($1) } }
    mutating func flags(_ name: String, _ values: [Bool]) { list(name, values) { $0.text += $1 ? "true" : "false" } }

    private mutating func list<Value>(_ name: String, _ values: [Value], _ write: (inout JSONText, Value) -> Void) {
        member(name) { json in
            json.array { json in
                for value in values { json.element { write(&$0, value) } }
            }
        }
    }

    private mutating func number(_ value: Double) { text += value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value) }

    private mutating func string(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            // What could end a script or be taken for the end of a line in one, and control characters.
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
