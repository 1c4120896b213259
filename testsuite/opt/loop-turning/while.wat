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
000006: nop
00000f: nop
000018: nop
000020: movzx edx, byte ptr [rax + rsi*1]
000024: test edx, edx
000026: je 000033
000028: imul ecx, ecx, 31
00002b: add ecx, 1
00002e: add esi, 1
000031: jmp 000020
000033: mov rax, rcx
000036: ret
; with
000000: mov rax, qword ptr [rdi + 64]
000004: xor ecx, ecx
000006: jmp 000029
000008: nop
000011: nop
00001a: nop
000020: imul ecx, ecx, 31
000023: add ecx, 1
000026: add esi, 1
000029: movzx edx, byte ptr [rax + rsi*1]
00002d: test edx, edx
00002f: jne 000020
000031: mov rax, rcx
000034: ret
