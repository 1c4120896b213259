;; An edge block that has no moves left only jumps: branches go on to where it leads, and it has no code.
(module
  (memory 1)
  (func (export "f") (param $x i32) (param $y i32) (result i32)
    (block $out
      (block $a
        (br_if $a (i32.lt_s (local.get $x) (i32.const 10)))
        (br_if $out (i32.load (local.get $y)))
        (i32.store (i32.const 0) (local.get $x)))
      (i32.store (i32.const 4) (local.get $y)))
    (local.get $x)))
; without
000000: mov rax, rsi
000003: cmp eax, 10
000006: jge 00000a
000008: jmp 000019
00000a: mov rcx, qword ptr [rdi + 64]
00000e: mov esi, dword ptr [rcx + rdx*1]
000011: test esi, esi
000013: je 000017
000015: jmp 000020
000017: mov dword ptr [rcx], eax
000019: mov rcx, qword ptr [rdi + 64]
00001d: mov dword ptr [rcx + 4], edx
000020: ret
; with
000000: mov rax, rsi
000003: cmp eax, 10
000006: jl 000015
000008: mov rcx, qword ptr [rdi + 64]
00000c: mov esi, dword ptr [rcx + rdx*1]
00000f: test esi, esi
000011: jne 00001c
000013: mov dword ptr [rcx], eax
000015: mov rcx, qword ptr [rdi + 64]
000019: mov dword ptr [rcx + 4], edx
00001c: ret
