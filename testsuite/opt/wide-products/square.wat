;; Both halves of a product are one multiplication.
(module
  (func (export "f") (param $x i64) (param $y i64) (result i64 i64)
    (i64.mul_wide_u (local.get $x) (local.get $y))))
; without
000000: mov rax, rsi
000003: mov rcx, rax
000006: imul rcx, rdx
00000a: mul rdx
00000d: mov rax, rcx
000010: ret
; with
000000: mov rax, rsi
000003: mul rdx
000006: ret
