;; The early return needs no frame: the frame is set up on the other way only.
(module
  (func $f (export "f") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add (call $f (i32.sub (local.get $n) (i32.const 1))) (call $f (i32.sub (local.get $n) (i32.const 2))))))))
; without
000000: push rbp
000001: mov rbp, rsp
000004: mov r11, qword ptr [rdi + 8]
000008: cmp rsp, qword ptr [r11]
00000b: jb 000055
00000d: push rbx
00000e: push r14
000010: sub rsp, 16
000014: mov rax, rsi
000017: cmp eax, 2
00001a: jae 000025
00001c: add rsp, 16
000020: pop r14
000022: pop rbx
000023: pop rbp
000024: ret
000025: mov rbx, rax
000028: lea esi, [rbx - 1]
00002b: mov qword ptr [rbp - 32], rdi
00002f: call function0
000034: mov r14, rax
000037: add ebx, -2
00003a: mov rdi, qword ptr [rbp - 32]
00003e: mov rsi, rbx
000041: call function0
000046: add r14d, eax
000049: mov rax, r14
00004c: add rsp, 16
000050: pop r14
000052: pop rbx
000053: pop rbp
000054: ret
000055: ud2 trap10
; with
000000: mov rax, rsi
000003: cmp eax, 2
000006: jae 000009
000008: ret
000009: push rbp
00000a: mov rbp, rsp
00000d: mov r11, qword ptr [rdi + 8]
000011: cmp rsp, qword ptr [r11]
000014: jb 00004d
000016: push rbx
000017: push r14
000019: sub rsp, 16
00001d: mov rbx, rax
000020: lea esi, [rbx - 1]
000023: mov qword ptr [rbp - 32], rdi
000027: call function0
00002c: mov r14, rax
00002f: add ebx, -2
000032: mov rdi, qword ptr [rbp - 32]
000036: mov rsi, rbx
000039: call function0
00003e: add r14d, eax
000041: mov rax, r14
000044: add rsp, 16
000048: pop r14
00004a: pop rbx
00004b: pop rbp
00004c: ret
00004d: ud2 trap10
