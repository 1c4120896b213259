;; The loop lies within one cache line of 64 bytes.
(module
  (memory 1)
  (func (export "f") (param $n i32) (result i32) (local $sum i32)
    (i64.store (i32.const 0) (i64.const 1)) (i64.store (i32.const 8) (i64.const 2)) (i64.store (i32.const 16) (i64.const 3))
    (i64.store (i32.const 24) (i64.const 4)) (i64.store (i32.const 32) (i64.const 5)) (i32.store8 (i32.const 40) (i32.const 6))
    (i64.store (i32.const 48) (i64.const 7))
    (loop $l
      (local.set $sum (i32.xor (i32.mul (local.get $sum) (i32.const 31)) (local.get $n)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
; without
000000: mov rax, qword ptr [rdi + 64]
000004: mov qword ptr [rax], 1
00000b: mov qword ptr [rax + 8], 2
000013: mov qword ptr [rax + 16], 3
00001b: mov qword ptr [rax + 24], 4
000023: mov qword ptr [rax + 32], 5
00002b: mov byte ptr [rax + 40], 6
00002f: mov qword ptr [rax + 48], 7
000037: xor eax, eax
000039: imul eax, eax, 31
00003c: xor eax, esi
00003e: add esi, -1
000041: jne 000039
000043: ret
; with
000000: mov rax, qword ptr [rdi + 64]
000004: mov qword ptr [rax], 1
00000b: mov qword ptr [rax + 8], 2
000013: mov qword ptr [rax + 16], 3
00001b: mov qword ptr [rax + 24], 4
000023: mov qword ptr [rax + 32], 5
00002b: mov byte ptr [rax + 40], 6
00002f: mov qword ptr [rax + 48], 7
000037: xor eax, eax
000039: nop
000040: imul eax, eax, 31
000043: xor eax, esi
000045: add esi, -1
000048: jne 000040
00004a: ret
