import PrecastArtifactFormat

extension Tunables {
    /// The tunables that a golden file's `options` line asks for.
    init(options: some Sequence<Substring>) {
        self.init()
        for option in options {
            switch option {
            case "no-signals": flags.remove(.signalTraps)
            case "no-masks": flags.subtract([.maskMemory, .maskTables])
            case "dynamic-memory": (memoryReservation, guardAfter) = (0, 0)
            case "canonical-nans": flags.insert(.canonicalNaNs)
            default: break
            }
        }
    }
}
