;; The loop lies within one cache line of 64 bytes.
(module
  (func (export "f") (param $n i32) (result i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.xor (i32.mul (local.get $sum) (i32.const 31)) (local.get $n)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
; without
000000: xor eax, eax
000002: imul eax, eax, 31
000005: xor eax, esi
000007: add esi, -1
00000a: jne 000002
00000c: ret
; with
000000: xor eax, eax
000002: nop
00000b: nop
000014: nop
00001d: nop
000020: imul eax, eax, 31
000023: xor eax, esi
000025: add esi, -1
000028: jne 000020
00002a: ret
