import PrecastEntities

func describe(_ r: PhysicalRegister) -> String { (r.registerClass == .integer ? "r" : "f") + String(r.number) }
func describe(_ a: Allocation) -> String {
    if let r = a.asRegister { return describe(r) }
    if let slot = a.asSlot { return "[\(slot)]" }
    if let recipe = a.asRecipe { return "recipe\(recipe)" }
    return "none"
}
