/// A function's parameters and results, or those of a block.
public struct FunctionType: Hashable, Sendable {
    public var parameters: [ValueType]
    public var results: [ValueType]

    @inlinable public init(parameters: [ValueType], results: [ValueType]) {
        self.parameters = parameters
        self.results = results
    }
}

extension FunctionType: CustomStringConvertible {
    /// `[i32 i64] -> [f32]`
    public var description: String { Self.list(parameters) + " -> " + Self.list(results) }

    static func list(_ types: [ValueType]) -> String {
        var text = "["
        for (position, type) in types.enumerated() {
            if position > 0 { text += " " }
            text += type.description
        }
        return text + "]"
    }
}
