public import PrecastWasmBinary
public import PrecastWasmModel

/// Decodes and validates the bodies of all functions, in order.
///
/// - Complexity: linear in the size of the bodies; allocates once for all of them.
public func validateBodies(_ context: ValidationContext) throws(ModuleError) {
    var reader = OperatorReader(context.module)
    var validator = FunctionValidator(context)
    for position in context.module.bodies.indices {
        try validator.validate(context.module.definedFunction(position), &reader)
    }
}

/// Decodes and validates a module and all of its bodies.
public func validateBodies(_ module: Module) throws(ModuleError) {
    let context: ValidationContext
    do throws(ValidationError) { context = try validate(module) } catch { throw .validation(error) }
    try validateBodies(context)
}

extension FunctionValidator {
    /// Reads and validates one function's body.
    public mutating func validate(_ function: FunctionIndex, _ reader: inout OperatorReader) throws(ModuleError) {
        do throws(DecodeError) { try reader.begin(function) } catch { throw .decode(error) }
        do throws(ValidationError) { try begin(function, reader) } catch { throw .validation(error) }
        while !reader.isAtEnd {
            let op: Operator
            do throws(DecodeError) { op = try reader.next() } catch { throw .decode(error) }
            do throws(ValidationError) { try step(op, reader) } catch { throw .validation(error) }
        }
        do throws(ValidationError) { try finish(reader) } catch { throw .validation(error) }
    }
}
