public import PrecastCompiler
import PrecastRegisterAllocation

/// A mistake in what the compiler says of variables, made on purpose: comparing stopped programs has to find it.
public enum MisplacedVariables: String, Sendable, CaseIterable {
    case register, slot, extent

    public func plant(in compiler: inout Compiler) {
        let previous = compiler.hooks.allocated
        compiler.hooks.allocated = { signature, solution in
            previous?(signature, &solution)
            for i in solution.debugLocations.indices { change(&solution.debugLocations[i]) }
        }
    }

    private func change(_ location: inout DebugLocation) {
        switch self {
        case .register:
            if let register = location.location.asRegister {
                location.location = .register(PhysicalRegister(register.registerClass, (register.number + 1) % 4))
            }
        case .slot: if let slot = location.location.asSlot { location.location = .slot(slot ^ 8) }
        case .extent: location.to = InstructionIndex(rawValue: location.to.rawValue + 6)
        }
    }
}
