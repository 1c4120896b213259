;; The subtraction has set the zero flag as a comparison with zero would.
(module
  (func (export "f") (param $n i32) (result i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (i32.const 7)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
; without
000000: xor eax, eax
000002: imul eax, eax, 31
000005: add eax, 7
000008: add esi, -1
00000b: test esi, esi
00000d: jne 000002
00000f: ret
; with
000000: xor eax, eax
000002: imul eax, eax, 31
000005: add eax, 7
000008: add esi, -1
00000b: jne 000002
00000d: ret
