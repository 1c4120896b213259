;; `while`: the test is at the head, and the body jumps back to it. Turned, an iteration takes one branch.
(module
  (memory 1)
  (func (export "f") (param $p i32) (result i32) (local $n i32)
    (block $out
      (loop $l
        (br_if $out (i32.eqz (i32.load8_u (local.get $p))))
        (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 31)) (i32.const 1)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $l)))
    (local.get $n)))
; without
000000: mov rax, qword ptr [rdi + 64]
000004: xor ecx, ecx
000006: movzx edx, byte ptr [rax + rsi*1]
00000a: test edx, edx
00000c: je 000019
00000e: imul ecx, ecx, 31
000011: add ecx, 1
000014: add esi, 1
000017: jmp 000006
000019: mov rax, rcx
00001c: ret
; with
000000: mov rax, qword ptr [rdi + 64]
000004: xor ecx, ecx
000006: jmp 000011
000008: imul ecx, ecx, 31
00000b: add ecx, 1
00000e: add esi, 1
000011: movzx edx, byte ptr [rax + rsi*1]
000015: test edx, edx
000017: jne 000008
000019: mov rax, rcx
00001c: ret
