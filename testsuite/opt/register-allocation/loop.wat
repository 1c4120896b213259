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
000012: imul eax, dword ptr [rbp - 16], 31
000016: xor eax, dword ptr [rbp - 8]
000019: mov qword ptr [rbp - 16], rax
00001d: mov rcx, qword ptr [rbp - 8]
000021: add ecx, -1
000024: mov qword ptr [rbp - 8], rcx
000028: jne 000012
00002a: mov rax, qword ptr [rbp - 16]
00002e: add rsp, 16
000032: pop rbp
000033: ret
; with
000000: xor eax, eax
000002: imul eax, eax, 31
000005: xor eax, esi
000007: add esi, -1
00000a: jne 000002
00000c: ret
