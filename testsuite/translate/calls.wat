;; Direct calls keep the context; imports are called by address with their own and the caller's.
(module
  (import "m" "f" (func $f (param i32) (result i64 f32)))
  (func $g (param i64) (result i64)
    local.get 0)
  (func (param i32) (result i64)
    local.get 0
    call $f
    drop
    call $g
    call $g)
  (func (param i64) (result i64)
    local.get 0
    return_call $g)
  (func (param i32) (result i64 f32)
    local.get 0
    return_call $f))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 11 03 60 01 7f 02 7e
;; 7d 60 01 7e 01 7e 60 01  7f 01 7e 02 07 01 01 6d
;; 01 66 00 00 03 05 04 01  02 01 00 0a 20 04 04 00
;; 20 00 0b 0b 00 20 00 10  00 1a 10 01 10 01 0b 06
;; 00 20 00 12 01 0b 06 00  20 00 12 00 0b 00 0e 04
;; 6e 61 6d 65 01 07 02 00  01 66 01 01 67
;; ir:
;; function 0(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     return v1  @32
;; }
;; function 1(i64 context, i32) -> i64 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i64, f32 precast
;;     sig1 = (i64 context, i64) -> i64 precast
;;     fn0 = function 0 sig1
;; block0(v0: i64, v1: i32):
;;     v2 = load.i64 v0+64 region 1 readonly  @37
;;     v3 = load.i64 v0+72 region 1 readonly  @37
;;     v4, v5 = call_indirect sig0, v2(v3, v1, v0)  @37
;;     v6 = call fn0(v0, v4)  @3a
;;     v7 = call fn0(v0, v6)  @3c
;;     return v7  @3e
;; }
;; function 2(i64 context, i64) -> i64 precast {
;;     sig0 = (i64 context, i64) -> i64 precast
;;     fn0 = function 0 sig0
;; block0(v0: i64, v1: i64):
;;     return_call fn0(v0, v1)  @43
;; }
;; function 3(i64 context, i32) -> i64, f32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i64, f32 precast
;; block0(v0: i64, v1: i32):
;;     v2 = load.i64 v0+64 region 1 readonly  @4a
;;     v3 = load.i64 v0+72 region 1 readonly  @4a
;;     return_call_indirect sig0, v2(v3, v1, v0)  @4a
;; }
;; function 4(i64 context, i32, i64 caller_context) -> i64, f32 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 32 align 16
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = stack_addr.i64 ss0
;;     v4 = uextend.i64 v1
;;     store.i64 v4, v3 region 7
;;     v5 = load.i64 v2+8 region 1 readonly
;;     v6 = frame_pointer.i64
;;     v7 = load.i64 v6+8 region 3
;;     store.i64 v7, v5+48 region 2
;;     v8 = load.i64 v6 region 3
;;     store.i64 v8, v5+56 region 2
;;     v9 = load.i64 v0 region 1 readonly
;;     v10 = load.i64 v0+8 region 1 readonly
;;     v11 = call_indirect sig0, v9(v10, v2, v3)
;;     v12 = iconst.i64 0
;;     v13 = icmp.ne v11, v12
;;     br_if v13, block1, block2
;; block1 cold:
;;     v14 = iconst.i64 255
;;     v15 = load.i64 v2+16 region 1 readonly
;;     v16 = load.i64 v15 region 1 readonly
;;     call_indirect sig1, v16(v2, v14)
;;     trap 1
;; block2:
;;     v17 = load.i64 v3 region 7
;;     v18 = load.f32 v3+16 region 7
;;     return v17, v18
;; }
