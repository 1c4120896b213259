@testable import PrecastDebugInformation
import Testing

@Suite struct ClaimedCodeTests {
    private func ranges(_ pairs: [(UInt32, UInt32)]) -> [GuestRange] { pairs.map { GuestRange(start: $0.0, end: $0.1) } }

    @Test func theFirstHasIt() {
        var code = ClaimedCode()
        #expect(code.claim(ranges([(10, 20), (30, 40)])) == ranges([(10, 20), (30, 40)]))
        #expect(code.claim(ranges([(5, 35)])) == ranges([(5, 10), (20, 30)]))
        #expect(code.claim(ranges([(0, 50)])) == ranges([(0, 5), (40, 50)]))
        #expect(code.claim(ranges([(0, 50), (50, 51)])) == ranges([(50, 51)]))
        #expect(code.claim([]).isEmpty)
    }

    /// Against a set of offsets.
    @Test func anyOrder() {
        var state: UInt32 = 1
        func below(_ n: UInt32) -> UInt32 {
            state = state &* 1_664_525 &+ 1_013_904_223
            return (state >> 8) % n
        }
        var code = ClaimedCode(), taken = Set<UInt32>()
        for _ in 0..<300 {
            let start = below(500)
            let wanted = GuestRange(start: start, end: start + 1 + below(20))
            let expected = (wanted.start..<wanted.end).filter { taken.insert($0).inserted }
            #expect(code.claim([wanted]).flatMap { Array($0.start..<$0.end) } == expected)
        }
    }
}
