;; Calls of the host: arguments and results through slots, failures as traps. Globals, references to imports, the start function.
(module
  (import "m" "sum" (func $sum (param i32 i64) (result i64)))
  (import "m" "sum" (func $one (param f32) (result f32)))
  (table 2 funcref)
  (elem (i32.const 0) func $sum $up)
  (global $g (mut i64) (i64.const 40))
  (global $c i32 (i32.const 4))
  (start $up)
  (func $up
    global.get $g
    i64.const 2
    i64.add
    global.set $g)
  (export "direct" (func $sum))
  (func (export "call") (param i32 i64) (result i64)
    local.get 0
    local.get 1
    call $sum
    i64.const 1
    i64.add)
  (func (export "tail") (param i32 i64) (result i64)
    local.get 0
    local.get 1
    return_call $sum)
  (func (export "indirect") (param i32 i64 i32) (result i64)
    local.get 0
    local.get 1
    local.get 2
    call_indirect (param i32 i64) (result i64))
  (func (export "float") (param f32) (result f32)
    local.get 0
    call $one
    f32.neg)
  (func (export "global") (result i64)
    global.get $g
    global.get $c
    i64.extend_i32_u
    i64.mul))
;; run: call(3, 4) = 8
;; run: call(-1, 1) = 0x100000001
;; run: call(6, 7) trap 34
;; run: direct(1, 2) = 3
;; run: direct(6, 7) trap 34
;; run: tail(5, 6) = 11
;; run: tail(13, 0) trap 34
;; run: indirect(5, 6, 0) = 11
;; run: indirect(5, 6, 1) trap 6
;; run: indirect(6, 7, 0) trap 34
;; run: float(0x3f800000) = 0xbf800000
;; run: global() = 168
;; binary:
;; 00 61 73 6d 01 00 00 00  01 1a 05 60 02 7f 7e 01
;; 7e 60 01 7d 01 7d 60 00  00 60 03 7f 7e 7f 01 7e
;; 60 00 01 7e 02 11 02 01  6d 03 73 75 6d 00 00 01
;; 6d 03 73 75 6d 00 01 03  07 06 02 00 00 03 01 04
;; 04 04 01 70 00 02 06 0b  02 7e 01 42 28 0b 7f 00
;; 41 04 0b 07 34 06 06 64  69 72 65 63 74 00 00 04
;; 63 61 6c 6c 00 03 04 74  61 69 6c 00 04 08 69 6e
;; 64 69 72 65 63 74 00 05  05 66 6c 6f 61 74 00 06
;; 06 67 6c 6f 62 61 6c 00  07 08 01 02 09 08 01 00
;; 41 00 0b 02 00 02 0a 3d  06 09 00 23 00 42 02 7c
;; 24 00 0b 0b 00 20 00 20  01 10 00 42 01 7c 0b 08
;; 00 20 00 20 01 12 00 0b  0b 00 20 00 20 01 20 02
;; 11 00 00 0b 07 00 20 00  10 01 8c 0b 08 00 23 00
;; 23 01 ad 7e 0b 00 1f 04  6e 61 6d 65 01 0f 03 00
;; 03 73 75 6d 01 03 6f 6e  65 02 02 75 70 07 07 02
;; 00 01 67 01 01 63
;; ir:
;; function 0(i64 context) precast {
;; block0(v0: i64):
;;     v1 = load.i64 v0+112 region 59  @9b
;;     v2 = iconst.i64 2  @9d
;;     v3 = iadd.i64 v1, v2  @9f
;;     store.i64 v3, v0+112 region 59  @a0
;;     return  @a2
;; }
;; function 1(i64 context, i32, i64) -> i64 precast {
;;     sig0 = (i64 context, i32, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = load.i64 v0+64 region 1 readonly  @a9
;;     v4 = load.i64 v0+72 region 1 readonly  @a9
;;     v5 = call_indirect sig0, v3(v4, v1, v2, v0)  @a9
;;     v6 = iconst.i64 1  @ab
;;     v7 = iadd.i64 v5, v6  @ad
;;     return v7  @ae
;; }
;; function 2(i64 context, i32, i64) -> i64 precast {
;;     sig0 = (i64 context, i32, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = load.i64 v0+64 region 1 readonly  @b5
;;     v4 = load.i64 v0+72 region 1 readonly  @b5
;;     return_call_indirect sig0, v3(v4, v1, v2, v0)  @b5
;; }
;; function 3(i64 context, i32, i64, i32) -> i64 precast {
;;     sig0 = (i64 context, i32, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i32, v2: i64, v3: i32):
;;     v4 = uextend.i64 v3  @c0
;;     v5 = load.i64 v0+104 region 4  @c0
;;     v6 = icmp.uge v4, v5  @c0
;;     v7 = load.i64 v0+96 region 4  @c0
;;     v8 = iconst.i64 3  @c0
;;     v9 = ishl.i64 v4, v8  @c0
;;     v10 = iadd.i64 v7, v9  @c0
;;     v11 = iconst.i64 0  @c0
;;     v12 = select_guard.i64 v6, v11, v10  @c0
;;     v13 = load.i64 v12 region 27 trap 4  @c0
;;     v14 = load.i32 v13+16 region 5 trap 5 readonly  @c0
;;     v15 = load.i32 v0+144 region 1 readonly  @c0
;;     v16 = icmp.ne v14, v15  @c0
;;     trapnz v16, 6  @c0
;;     v17 = load.i64 v13 region 5 trap 5 readonly  @c0
;;     v18 = load.i64 v13+8 region 5 trap 5 readonly  @c0
;;     v19 = call_indirect sig0, v17(v18, v1, v2, v0)  @c0
;;     return v19  @c3
;; }
;; function 4(i64 context, f32) -> f32 precast {
;;     sig0 = (i64 context, f32, i64 caller_context) -> f32 precast
;; block0(v0: i64, v1: f32):
;;     v2 = load.i64 v0+80 region 1 readonly  @c8
;;     v3 = load.i64 v0+88 region 1 readonly  @c8
;;     v4 = call_indirect sig0, v2(v3, v1, v0)  @c8
;;     v5 = fneg.f32 v4  @ca
;;     return v5  @cb
;; }
;; function 5(i64 context) -> i64 precast {
;; block0(v0: i64):
;;     v1 = load.i64 v0+112 region 59  @ce
;;     v2 = iconst.i32 4  @d0
;;     v3 = uextend.i64 v2  @d2
;;     v4 = imul.i64 v1, v3  @d3
;;     return v4  @d4
;; }
;; function 6(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i64 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 7(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, f32, i64 caller_context) -> f32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.f32 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     v5 = bitcast.i32 v4
;;     v6 = uextend.i64 v5
;;     store.i64 v6, v2 region 7
;;     v7 = iconst.i64 0
;;     store.i64 v7, v2+8 region 7
;;     return
;; }
;; function 8(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     call_indirect sig0, v1(v0, v0)
;;     return
;; }
;; function 9(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64, i32, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i64 v2+16 region 7
;;     v5 = load.i32 v2+32 region 7
;;     v6 = call_indirect sig0, v1(v0, v3, v4, v5, v0)
;;     store.i64 v6, v2 region 7
;;     v7 = iconst.i64 0
;;     store.i64 v7, v2+8 region 7
;;     return
;; }
;; function 10(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = call_indirect sig0, v1(v0, v0)
;;     store.i64 v3, v2 region 7
;;     v4 = iconst.i64 0
;;     store.i64 v4, v2+8 region 7
;;     return
;; }
;; function 11(i64 context, i32, i64, i64 caller_context) -> i64 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 32 align 16
;; block0(v0: i64, v1: i32, v2: i64, v3: i64):
;;     v4 = stack_addr.i64 ss0
;;     v5 = uextend.i64 v1
;;     store.i64 v5, v4 region 7
;;     store.i64 v2, v4+16 region 7
;;     v6 = load.i64 v3+8 region 1 readonly
;;     v7 = frame_pointer.i64
;;     v8 = load.i64 v7+8 region 3
;;     store.i64 v8, v6+48 region 2
;;     v9 = load.i64 v7 region 3
;;     store.i64 v9, v6+56 region 2
;;     v10 = load.i64 v0 region 1 readonly
;;     v11 = load.i64 v0+8 region 1 readonly
;;     v12 = call_indirect sig0, v10(v11, v3, v4)
;;     v13 = iconst.i64 0
;;     v14 = icmp.ne v12, v13
;;     br_if v14, block1, block2
;; block1 cold:
;;     v15 = iconst.i64 255
;;     v16 = load.i64 v3+16 region 1 readonly
;;     v17 = load.i64 v16 region 1 readonly
;;     call_indirect sig1, v17(v3, v15)
;;     trap 1
;; block2:
;;     v18 = load.i64 v4 region 7
;;     return v18
;; }
;; function 12(i64 context, f32, i64 caller_context) -> f32 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 16 align 16
;; block0(v0: i64, v1: f32, v2: i64):
;;     v3 = stack_addr.i64 ss0
;;     v4 = bitcast.i32 v1
;;     v5 = uextend.i64 v4
;;     store.i64 v5, v3 region 7
;;     v6 = load.i64 v2+8 region 1 readonly
;;     v7 = frame_pointer.i64
;;     v8 = load.i64 v7+8 region 3
;;     store.i64 v8, v6+48 region 2
;;     v9 = load.i64 v7 region 3
;;     store.i64 v9, v6+56 region 2
;;     v10 = load.i64 v0 region 1 readonly
;;     v11 = load.i64 v0+8 region 1 readonly
;;     v12 = call_indirect sig0, v10(v11, v2, v3)
;;     v13 = iconst.i64 0
;;     v14 = icmp.ne v12, v13
;;     br_if v14, block1, block2
;; block1 cold:
;;     v15 = iconst.i64 255
;;     v16 = load.i64 v2+16 region 1 readonly
;;     v17 = load.i64 v16 region 1 readonly
;;     call_indirect sig1, v17(v2, v15)
;;     trap 1
;; block2:
;;     v18 = load.f32 v3 region 7
;;     return v18
;; }
