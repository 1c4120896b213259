import PrecastArtifactFormat

extension TestArtifact {
    /// A module with one of everything that the loader does, in hand-written code.
    static func sample() -> TestArtifact {
        var artifact = TestArtifact()
        artifact.types = [
            ([.i32, .i32], [.i32], "enter_ii_i", "host_ii_i"),
            ([], [.i32], "enter_i", nil),
            ([.i32], [.i32], "enter_ii_i", nil),
            ([], [], "enter_void", "host_void"),
            ([.i32, .i32, .i32, .i32, .i32, .i32], [.i32], "enter_six", nil),
        ]
        artifact.imports = [
            Import(module: "env", name: "host", type: .function(typeIndex: 0)),
            Import(module: "env", name: "callback", type: .function(typeIndex: 3)),
        ]
        artifact.functions = [
            Function(symbol: "add", type: 0, isFrameless: true),
            Function(symbol: "unreachable", type: 1),
            Function(symbol: "load", type: 2, isFrameless: true),
            Function(symbol: "call_host", type: 0),
            Function(symbol: "recurse", type: 2),
            Function(symbol: "grow", type: 2),
            Function(symbol: "outer", type: 2),
            Function(symbol: "leaf", type: 2, isExported: false, isFrameless: true),
            Function(symbol: "host_fault", type: 2),
            Function(symbol: "call_callback", type: 3),
            Function(symbol: "indirect", type: 0),
            Function(symbol: "copy", type: 0),
            Function(symbol: "builtin", type: 4),
        ]
        artifact.exports = [("memory", .memory, 0), ("table", .table, 0), ("counter", .global, 0), ("reexported", .function, 0)]
        var memory = MemoryRecord(type: .memory(minimum: 1, maximum: 4))
        memory.reservation = 4 << 30
        memory.guardBefore = 32 << 20
        memory.guardAfter = 32 << 20
        artifact.memories = [memory]
        artifact.memoryImage = Array("precast".utf8)
        artifact.tables = [TableRecord(type: .table(.funcref, minimum: 4, maximum: 8))]
        var counter = GlobalRecord(type: .global(.i64, mutable: true))
        counter.low = 41
        artifact.globals = [counter]
        artifact.constants = [
            ConstantOperatorRecord(.i32Constant, low: 1), ConstantOperatorRecord(.end),
            ConstantOperatorRecord(.i32Constant, low: 100), ConstantOperatorRecord(.end),
        ]
        artifact.elements = [ElementRecord(.function, value: 2), ElementRecord(.function, value: 0)]
        artifact.elementSegments = [
            ElementSegmentRecord(mode: .active, table: 0, offset: 0, elementType: .funcref, elements: RecordRange(first: 0, count: 2)),
            ElementSegmentRecord(mode: .passive, table: 0, offset: noIndex, elementType: .funcref, elements: RecordRange(first: 0, count: 2)),
        ]
        artifact.data = [7, 8, 9]
        artifact.dataSegments = [
            DataSegmentRecord(mode: .active, memory: 0, offset: 2, dataOffset: 0, byteCount: 3),
            DataSegmentRecord(mode: .passive, memory: 0, offset: noIndex, dataOffset: 0, byteCount: 3),
        ]
        artifact.assembly = code
        return artifact
    }

    /// Context: 64 bytes of head, two imported functions (64 …), one memory (96), one table (112), one global (128),
    /// five type ids (144), then function references.
    private static let code = """
        .globl enter_ii_i, enter_i, enter_void, host_ii_i, host_void
        .globl add, unreachable, load, call_host, recurse, grow, outer, leaf, host_fault, call_callback, indirect, copy

        # void entry(vmctx rdi, code rsi, slots rdx)
        enter_ii_i:
            push %rbp
            mov %rsp, %rbp
            push %rbx
            sub $8, %rsp
            mov %rdx, %rbx
            mov %rsi, %rax
            mov (%rbx), %rsi
            mov 16(%rbx), %rdx
            call *%rax
            mov %eax, %eax
            mov %rax, (%rbx)
            movq $0, 8(%rbx)
            mov -8(%rbp), %rbx
            leave
            ret
        enter_i: jmp enter_ii_i
            nop
        enter_void:
            push %rbp
            mov %rsp, %rbp
            call *%rsi
            pop %rbp
            ret

        enter_six:
            push %rbp
            mov %rsp, %rbp
            push %rbx
            sub $8, %rsp
            mov %rdx, %rbx
            mov %rsi, %r11
            mov (%rbx), %rsi
            mov 16(%rbx), %rdx
            mov 32(%rbx), %rcx
            mov 48(%rbx), %r8
            mov 64(%rbx), %r9
            mov 80(%rbx), %rax
            call *%r11
            mov %eax, %eax
            mov %rax, (%rbx)
            movq $0, 8(%rbx)
            mov -8(%rbp), %rbx
            leave
            ret

        # host trampolines: rdi the host function, r10 the caller's context
        host_ii_i:
            push %rbp
            mov %rsp, %rbp
            sub $48, %rsp
            mov %rsi, (%rsp)
            mov %rdx, 16(%rsp)
            mov %r10, 32(%rsp)
            mov 8(%r10), %r11
            mov 8(%rbp), %rax
            mov %rax, 48(%r11)
            mov (%rbp), %rax
            mov %rax, 56(%r11)
            mov (%rdi), %rax
            mov 8(%rdi), %rdi
            mov %r10, %rsi
            mov %rsp, %rdx
            call *%rax
            test %rax, %rax
            jnz 1f
            mov (%rsp), %rax
            leave
            ret
        1:  mov 32(%rsp), %rdi
            mov $255, %esi
            mov 16(%rdi), %rax
            call *(%rax)
        host_void:
            jmp host_ii_i
            nop

        add:
            lea (%rsi,%rdx), %eax
            ret
        unreachable:
            push %rbp
            mov %rsp, %rbp
            TRAP 1
            ud2
        load:
            mov 96(%rdi), %rax
            mov %esi, %esi
            TRAP 2
            mov (%rax,%rsi), %eax
            ret
        call_host:
            push %rbp
            mov %rsp, %rbp
            mov %rdi, %r10
            mov 64(%r10), %rax
            mov 72(%r10), %rdi
            call *%rax
            pop %rbp
            ret
        recurse:
            push %rbp
            mov %rsp, %rbp
            mov 8(%rdi), %r11
            lea -2048(%rsp), %r8
            cmp (%r11), %r8
            jb 9f
            sub $2048, %rsp
            mov %rdi, (%rsp)
            dec %esi
            js 8f
            call recurse
        8:  leave
            ret
        9:  TRAP 10
            ud2
        grow:
            push %rbp
            mov %rsp, %rbp
            mov 16(%rdi), %rax
            mov %esi, %edx
            xor %esi, %esi
            call *8(%rax)
            pop %rbp
            ret
        outer:
            push %rbp
            mov %rsp, %rbp
            call leaf
            pop %rbp
            ret
        leaf:
            mov 96(%rdi), %rax
            mov %esi, %esi
            TRAP 2
            mov (%rax,%rsi), %eax
            ret
        host_fault:
            push %rbp
            mov %rsp, %rbp
            TRAP 2
            mov 0x5000, %eax
            pop %rbp
            ret
        call_callback:
            push %rbp
            mov %rsp, %rbp
            mov %rdi, %r10
            mov 80(%r10), %rax
            mov 88(%r10), %rdi
            call *%rax
            pop %rbp
            ret
        indirect:   # (table index, argument) through type 0
            push %rbp
            mov %rsp, %rbp
            mov %rdi, %r10
            mov %esi, %esi
            cmp 120(%r10), %rsi
            jb 1f
            TRAP 4
            ud2
        1:  mov 112(%r10), %rax
            mov (%rax,%rsi,8), %rax
            mov 144(%r10), %ecx
            TRAP 5
            cmp %ecx, 16(%rax)
            je 2f
            TRAP 6
            ud2
        2:  mov %rdx, %rsi
            mov 8(%rax), %rdi
            call *(%rax)
            pop %rbp
            ret
        copy:       # memory.copy(0, 0, a, b, 3)
            push %rbp
            mov %rsp, %rbp
            push %rbx
            push %rbx
            mov %rdi, %rbx
            mov 16(%rdi), %rax
            mov %esi, %ecx
            mov %edx, %r8d
            mov $3, %r9d
            xor %esi, %esi
            xor %edx, %edx
            call *16(%rax)
            test %rax, %rax
            jns 1f
            mov %rbx, %rdi
            mov $255, %esi
            mov 16(%rdi), %rax
            call *(%rax)
        1:  mov -8(%rbp), %rbx
            leave
            ret
        builtin:    # (number, five arguments)
            push %rbp
            mov %rsp, %rbp
            mov %rsi, %r11
            mov %rdx, %rsi
            mov %rcx, %rdx
            mov %r8, %rcx
            mov %r9, %r8
            mov %rax, %r9
            mov 16(%rdi), %rax
            call *(%rax,%r11,8)
            pop %rbp
            ret
        """

    /// A module that imports a function, a memory, a table and a global, and uses them.
    ///
    /// Context: the imported function (64), then the addresses of memory (80), table (96) and global (112).
    static func importing() -> TestArtifact {
        var artifact = TestArtifact()
        artifact.types = [([.i32], [.i32], "enter", nil)]
        artifact.imports = [
            Import(module: "a", name: "load", type: .function(typeIndex: 0)),
            Import(module: "a", name: "memory", type: .memory(minimum: 1, maximum: 10)),
            Import(module: "a", name: "table", type: .table(.funcref, minimum: 2, maximum: nil)),
            Import(module: "a", name: "counter", type: .global(.i64, mutable: true)),
        ]
        artifact.functions = [Function(symbol: "forward", type: 0), Function(symbol: "count", type: 0, isFrameless: true), Function(symbol: "peek", type: 0, isFrameless: true)]
        artifact.exports = [("again", .function, 0), ("memory", .memory, 0)]
        artifact.assembly = """
            .globl enter, forward, count, peek
            enter:
                push %rbp
                mov %rsp, %rbp
                push %rbx
                sub $8, %rsp
                mov %rdx, %rbx
                mov %rsi, %rax
                mov (%rbx), %rsi
                call *%rax
                mov %eax, %eax
                mov %rax, (%rbx)
                movq $0, 8(%rbx)
                mov -8(%rbp), %rbx
                leave
                ret
            forward:
                push %rbp
                mov %rsp, %rbp
                mov %rdi, %r10
                mov 64(%r10), %rax
                mov 72(%r10), %rdi
                call *%rax
                pop %rbp
                ret
            count:
                mov 112(%rdi), %rax
                mov %esi, %ecx
                add %rcx, (%rax)
                mov (%rax), %rax
                ret
            peek:
                mov 80(%rdi), %rax
                mov (%rax), %rax
                mov %esi, %esi
                TRAP 2
                mov (%rax,%rsi), %eax
                ret
            """
        return artifact
    }
}
