import Foundation
import PrecastCompiler
import PrecastFuzzing
import PrecastWasmTypes
import PrecastWastRunner
import Testing

struct CampaignTests {
    @Test func enginesAgree() throws {
        var campaign = try Campaign(features: .implemented, outside: nil)
        try campaign.run(seeds: 1..<40) { difference in
            Issue.record("\(difference.description)")
            return true
        }
        #expect(campaign.summary.modules == 39)
        #expect(campaign.summary.returned > campaign.summary.trapped)
        #expect(campaign.summary.gaveUp < 5)
    }

    /// In the script host that was built with the tests.
    @Test func modulesDoTheSameInAnotherProcess() throws {
        let host = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).deletingLastPathComponent()
            .appendingPathComponent("precast-script-host").path
        let here = CompiledEngine(), there = CompiledEngine(runner: RunnerProcess([host], timeout: 120))
        var generator = Generator(features: .implemented), calls = 0
        var settings = CompilerConfiguration()
        settings.features = .all
        let compiler = try Compiler(settings)
        for seed in 1...30 as ClosedRange<UInt64> {
            let module = generator.module(seed: seed), bytes = module.encode()
            let expected = here.run(module, bytes, compiler)
            calls += expected.filter { $0.hasPrefix("call ") }.count
            #expect(there.run(module, bytes, compiler) == expected)
        }
        #expect(calls > 30)
    }

    /// Those whose code cannot take the process down with it; tools/fuzz --planted has them all.
    @Test(arguments: [PlantedFault.swappedSubtraction, .droppedSignExtension, .wrongInversion, .wrongSpillSlot])
    func plantedFaultsAreFound(_ fault: PlantedFault) throws {
        var campaign = try Campaign(features: .implemented, outside: nil) { fault.plant(in: &$0) }
        var found: Difference?
        try campaign.run(seeds: 1..<300, batch: 1) { difference in
            found = difference
            return false
        }
        let difference = try #require(found)
        let small = try campaign.minimize(difference)
        #expect(small.module.size < difference.module.size / 2)
        #expect(small.other == difference.other)
        #expect(try campaign.difference(of: small.module) != nil)
        #expect(try !campaign.firstWrongStage(small).hasPrefix("unknown"))
    }

    @Test func aMinimizerKeepsWhatHolds() {
        var generator = Generator(features: .implemented)
        let module = generator.module(seed: 3)
        var minimizer = Minimizer { candidate in candidate.calls.contains { $0.function == 0 } }
        let small = minimizer.minimize(module)
        #expect(small.calls.count == 1)
        #expect(small.calls.first?.function == 0)
        #expect(small.size < module.size / 4)
    }

    @Test(arguments: [HostileKind.binary, .text, .artifact])
    func spoiledInputIsRefusedOrAccepted(_ kind: HostileKind) throws {
        let campaign = try HostileCampaign(kind, files: [])
        campaign.run(seeds: 0..<300)
        #expect(campaign.summary.refused + campaign.summary.accepted == 300)
        #expect(campaign.summary.refused > 50)
        #expect(campaign.summary.overBound.isEmpty)
    }
}

#if arch(x86_64)
/// One after the other: a fault's snapshot is of one thread.
@Suite(.serialized) struct VariableCampaignTests {
    @Test func debugInformationIsRight() throws {
        var campaign = try VariableCampaign(features: .implemented)
        try campaign.run(seeds: 1..<121) {
            Issue.record("\($0)")
            return true
        }
        let summary = campaign.summary
        #expect(summary.stops > 1000 && summary.unlike == 0)
        #expect(summary.present * 2 > summary.locals)
        #expect(summary.contexts > 0 && summary.memoryBases > 0)
    }

    /// Places that are one register or slot off, or hold for too long.
    @Test(arguments: [MisplacedVariables.register, .slot, .extent]) func wrongPlacesAreFound(_ fault: MisplacedVariables) throws {
        var campaign = try VariableCampaign(features: .implemented) { fault.plant(in: &$0) }
        var found: String?
        try campaign.run(seeds: 1..<121) {
            found = $0
            return false
        }
        #expect(found != nil)
    }
}
#endif
