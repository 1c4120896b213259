package import PrecastIR
package import PrecastObjectEmission
package import PrecastRegisterAllocation

/// Lets the compiler's own tests see, and spoil, what one stage hands to the next: fuzzing proves with it that it finds miscompiles.
/// No configuration sets it; each hook may be called from any thread.
package struct StageHooks: Sendable {
    /// A function after all of the optimizer.
    package var optimized: (@Sendable (inout Function) -> Void)?
    /// An allocation after it was proved, and the signature of its function.
    package var allocated: (@Sendable (Signature, inout Solution) -> Void)?
    /// A function's code before it is laid out.
    package var emitted: (@Sendable (EmittedFunction) -> Void)?

    package init() {}
}
