;; The lower half's carry goes into the upper half's sum in the flags.
(module
  (func (export "f") (param $a i64) (param $b i64) (param $c i64) (param $d i64) (result i64 i64) (local $low i64)
    (local.tee $low (i64.add (local.get $a) (local.get $c)))
    (i64.add (i64.add (local.get $b) (local.get $d)) (i64.extend_i32_u (i64.lt_u (local.get $low) (local.get $a))))))
; without
000000: add rcx, rsi
000003: add rdx, r8
000006: cmp rsi, rcx
000009: seta al
00000c: movzx eax, al
00000f: add rdx, rax
000012: mov rax, rcx
000015: ret
; with
000000: add rsi, rcx
000003: adc rdx, r8
000006: mov rax, rsi
000009: ret
