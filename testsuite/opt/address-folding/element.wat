;; The memory's base, the index and the offset are one operand, twice.
(module
  (memory 1)
  (func (export "f") (param $p i32) (result i32)
    (i32.store offset=24 (local.get $p) (i32.const 7))
    (i32.load offset=40 (local.get $p))))
; without
000000: add rsi, qword ptr [rdi + 64]
000004: mov dword ptr [rsi + 24], 7
00000b: mov eax, dword ptr [rsi + 40]
00000e: ret
; with
000000: mov rax, qword ptr [rdi + 64]
000004: mov dword ptr [rax + rsi*1 + 24], 7
00000c: mov eax, dword ptr [rax + rsi*1 + 40]
000010: ret
