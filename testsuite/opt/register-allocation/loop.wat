;; The sum and the counter stay in registers; the single pass keeps what crosses blocks in the frame.
(module
  (func (export "f") (param $n i32) (result i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.xor (i32.mul (local.get $sum) (i32.const 31)) (local.get $n)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
; without
000000: push rbp
000001: mov rbp, rsp
000004: sub rsp, 16
000008: xor eax, eax
00000a: mov qword ptr [rbp - 16], rax
00000e: mov qword ptr [rbp - 8], rsi
000012: nop
00001b: nop
000020: imul eax, dword ptr [rbp - 16], 31
000024: xor eax, dword ptr [rbp - 8]
000027: mov qword ptr [rbp - 16], rax
00002b: mov rcx, qword ptr [rbp - 8]
00002f: add ecx, -1
000032: mov qword ptr [rbp - 8], rcx
000036: jne 000020
000038: mov rax, qword ptr [rbp - 16]
00003c: add rsp, 16
000040: pop rbp
000041: ret
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
