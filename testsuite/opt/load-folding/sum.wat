;; One sum reads memory itself, another changes it in place.
(module
  (memory 1)
  (func (export "f") (param $p i32) (param $x i32) (result i32)
    (i32.store offset=8 (local.get $p) (i32.add (i32.load offset=8 (local.get $p)) (local.get $x)))
    (i32.sub (local.get $x) (i32.load (local.get $p)))))
; without
000000: mov rax, qword ptr [rdi + 64]
000004: mov ecx, dword ptr [rax + rsi*1 + 8]
000008: add ecx, edx
00000a: mov dword ptr [rax + rsi*1 + 8], ecx
00000e: mov eax, dword ptr [rax + rsi*1]
000011: sub edx, eax
000013: mov rax, rdx
000016: ret
; with
000000: mov rax, qword ptr [rdi + 64]
000004: add dword ptr [rax + rsi*1 + 8], edx
000008: sub edx, dword ptr [rax + rsi*1]
00000b: mov rax, rdx
00000e: ret
