import PrecastEntities
struct SinglePass {
    init(_ p: Problem, _ points: ProgramPoints, _ live: LiveRanges, _ table: RegisterTable) {}
    mutating func run() -> Solution { Solution() }
}
