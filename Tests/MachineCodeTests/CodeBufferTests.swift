import PrecastMachineCode
import Testing

/// A made-up machine: branches are 2 bytes (0xB0, displacement) or 5 (0xB1, 32 bits), padding is 0xEE, all else as written.
private enum Toy {
    static let forms = [CodeBuffer.BranchForm(shortSize: 2, longSize: 5, shortReach: -128...127)]
    static func write(_ kind: UInt8, _ isLong: Bool, _ displacement: Int, _: UInt32, _ p: UnsafeMutablePointer<UInt8>) {
        p[0] = isLong ? 0xb1 : 0xb0
        if isLong {
            for n in 0..<4 { p[1 + n] = UInt8(truncatingIfNeeded: displacement >> (8 * n)) }
        } else {
            p[1] = UInt8(truncatingIfNeeded: displacement)
        }
    }
    static func pad(_ count: Int, _ p: UnsafeMutablePointer<UInt8>) { for n in 0..<count { p[n] = 0xee } }
    static func buffer() -> CodeBuffer { CodeBuffer(forms: forms, capacity: 1) }
}

@Suite struct CodeBufferTests {
    @Test func shortForwardAndBackward() {
        var b = Toy.buffer()
        b.makeLabels(2)
        b.bind(0)
        b.append([1, 2, 3])
        b.branch(kind: 0, form: 0, to: 1)
        b.branch(kind: 0, form: 0, to: 0)
        b.bind(1)
        b.append([4])
        #expect(b.finish(writeBranch: Toy.write, writePadding: Toy.pad).code == [1, 2, 3, 0xb0, 4, 0xb0, 0xfb, 4])
    }

    /// A branch at the very edge of its reach, and one byte beyond.
    @Test func reach() {
        for (gap, isLong) in [(125, false), (126, true)] {
            var b = Toy.buffer()
            b.makeLabels(1)
            b.branch(kind: 0, form: 0, to: 0)
            b.append(Array(repeating: 9, count: gap))
            b.bind(0)
            let code = b.finish(writeBranch: Toy.write, writePadding: Toy.pad).code
            #expect(code.count == gap + (isLong ? 5 : 2))
            #expect(code[0] == (isLong ? 0xb1 : 0xb0))
            #expect(Int(code[1]) == gap + (isLong ? 5 : 2))
        }
    }

    /// Lengthening one branch pushes another out of reach.
    @Test func lengtheningCascades() {
        var b = Toy.buffer()
        b.makeLabels(3)
        b.branch(kind: 0, form: 0, to: 1)
        b.branch(kind: 0, form: 0, to: 2)
        b.append(Array(repeating: 9, count: 123))
        b.bind(1)
        b.append(Array(repeating: 9, count: 10))
        b.bind(2)
        b.bind(0)
        let code = b.finish(writeBranch: Toy.write, writePadding: Toy.pad).code
        #expect(code.count == 143)
        #expect(code[0] == 0xb1 && code[1] == 133)
        #expect(code[5] == 0xb1 && code[6] == 138)
    }

    @Test func alignmentAndSideRecordsFollow() {
        var b = Toy.buffer()
        b.makeLabels(2)
        b.trap(1)
        b.branch(kind: 0, form: 0, to: 1)
        b.trap(2)
        b.location(7)
        b.append([1])
        b.align(16)
        b.bind(0)
        b.trap(3)
        b.append([2])
        b.align(16)
        b.align(16)
        b.bind(1)
        b.location(8)
        b.append([3])
        b.align(1)
        b.unwind(.rememberState)
        let f = b.finish(writeBranch: Toy.write, writePadding: Toy.pad)
        #expect(f.code.count == 33)
        #expect(f.traps.map(\.offset) == [0, 2, 16])
        #expect(f.sourceRanges == [SourceRange(offset: 2, location: 7), SourceRange(offset: 32, location: 8)])
        #expect(f.unwind == [UnwindStep(offset: 33, rule: .rememberState)])
        #expect(f.code[1] == 32)
        #expect(f.code[3..<16].allSatisfy { $0 == 0xee })
    }

    /// A run of code is moved to the next line only if it then lies in fewer; branches inside count as long as they get.
    @Test(arguments: [(before: 4, inside: 60, padding: 0), (5, 60, 59), (63, 1, 0), (63, 2, 1), (40, 88, 0), (41, 88, 23), (1, 200, 0), (60, 200, 4), (0, 64, 0)])
    func runsOfCodeStayInLines(before: Int, inside: Int, padding: Int) {
        var b = Toy.buffer()
        b.makeLabels(1)
        b.append(Array(repeating: 1, count: before))
        b.alignToLine(until: 0)
        b.append(Array(repeating: 2, count: inside))
        b.bind(0)
        b.append([3])
        let function = b.finish(writeBranch: Toy.write, writePadding: Toy.pad)
        #expect(function.code.count == before + padding + inside + 1)
        #expect(function.alignment == 64)
    }
    @Test func linesCountBranchesAsTheyAre() {
        var b = Toy.buffer()
        b.makeLabels(2)
        b.append([1])
        b.alignToLine(until: 0)
        b.branch(kind: 0, form: 0, to: 1)
        b.append(Array(repeating: 2, count: 58))
        b.bind(0)
        b.append(Array(repeating: 3, count: 200))
        b.bind(1)
        // 58 bytes and a branch of 5: 64 with what comes before, so nothing moves; of one byte more it would.
        let code = b.finish(writeBranch: Toy.write, writePadding: Toy.pad).code
        #expect(code.count == 264)
        #expect(code[1] == 0xb1)
    }

    @Test func fixupsAndDistances() {
        var b = Toy.buffer()
        b.makeLabels(2)
        b.append([0, 0])
        b.fixup(field: b.offset, to: 1, addend: -4)
        b.append(littleEndian: 0 as UInt32)
        b.branch(kind: 0, form: 0, to: 0)
        b.bind(0)
        b.append([5])
        b.bind(1)
        b.appendDistance(to: 0, from: 1)
        let code = b.finish(writeBranch: Toy.write, writePadding: Toy.pad).code
        // The field at 2 holds 9 − 2 − 4; the entry at 9 holds 8 − 9.
        #expect(code == [0, 0, 3, 0, 0, 0, 0xb0, 2, 5, 0xff, 0xff, 0xff, 0xff])
    }

    /// Random programs: every branch's displacement leads to its label, checked by a marker byte.
    @Test func randomBranches() {
        var state: UInt64 = 1
        func random(_ n: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % n
        }
        for _ in 0..<200 {
            var b = Toy.buffer()
            let blocks = 1 + random(60)
            b.makeLabels(blocks)
            var expected: [(branchIndex: Int, target: Int)] = []
            for block in 0..<blocks {
                if random(4) == 0 { b.align(16) }
                if random(4) == 0 { b.alignToLine(until: UInt32(block + random(blocks - block))) }
                b.bind(UInt32(block))
                // A marker: 0xA0 and the block's number.
                b.append([0xa0, UInt8(block)])
                b.append(Array(repeating: 0x11, count: random(40)))
                let target = random(blocks)
                expected.append((block, target))
                b.branch(kind: 0, form: 0, to: UInt32(target))
            }
            let code = b.finish(writeBranch: Toy.write, writePadding: Toy.pad).code
            var at = 0
            var branches = 0
            while at < code.count {
                switch code[at] {
                case 0xa0: at += 2
                case 0xb0:
                    let to = at + Int(Int8(bitPattern: code[at + 1]))
                    #expect(code[to] == 0xa0 && Int(code[to + 1]) == expected[branches].target)
                    branches += 1
                    at += 2
                case 0xb1:
                    let value = (0..<4).reduce(0 as UInt32) { $0 | UInt32(code[at + 1 + $1]) << UInt32(8 * $1) }
                    let to = at + Int(Int32(bitPattern: value))
                    #expect(code[to] == 0xa0 && Int(code[to + 1]) == expected[branches].target)
                    branches += 1
                    at += 5
                default: at += 1
                }
            }
            #expect(branches == blocks)
        }
    }

    /// Marks move with their bytes; padding gets one for each instruction of its own.
    @Test func marksFollowTheirBytes() {
        var b = CodeBuffer(forms: Toy.forms, isMarked: true)
        let end = b.makeLabel()
        b.mark("one")
        b.append([1])
        b.mark(to: end, "branch")
        b.branch(kind: 0, form: 0, to: end)
        b.align(8)
        b.bind(end)
        b.mark("two")
        b.append([2, 2])
        let function = b.finish(writeBranch: Toy.write, writePadding: Toy.pad, longestNop: 2)
        #expect(function.code == [1, 0xb0, 7, 0xee, 0xee, 0xee, 0xee, 0xee, 2, 2])
        #expect(function.marks == [
            CodeMark(offset: 0, text: "one"), CodeMark(offset: 1, text: "branch", target: 8), CodeMark(offset: 3, text: "nop"),
            CodeMark(offset: 5, text: "nop"), CodeMark(offset: 7, text: "nop"), CodeMark(offset: 8, text: "two"),
        ])
        #expect(Toy.buffer().finish(writeBranch: Toy.write, writePadding: Toy.pad).marks.isEmpty)
    }
}
