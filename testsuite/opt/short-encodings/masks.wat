;; A mask that fits a byte is tested in one; a comparison with zero needs no constant; 64 bits are masked in 32.
(module
  (func (export "f") (param $x i64) (param $y i32) (result i64)
    (if (i32.and (local.get $y) (i32.const 4)) (then (return (i64.const 7))))
    (if (i32.lt_s (local.get $y) (i32.const 0)) (then (return (i64.const 8))))
    (i64.and (local.get $x) (i64.const 1023))))
; without
000000: test edx, 4
000006: je 00000e
000008: mov eax, 7
00000d: ret
00000e: test edx, edx
000010: jge 000018
000012: mov eax, 8
000017: ret
000018: and esi, 1023
00001e: mov rax, rsi
000021: ret
; with
000000: test dl, 4
000003: je 00000b
000005: mov eax, 7
00000a: ret
00000b: test edx, edx
00000d: jge 000015
00000f: mov eax, 8
000014: ret
000015: and esi, 1023
00001b: mov rax, rsi
00001e: ret
