;; A 32-bit memory with its full reservation: no checks; offsets are folded up to the guard; addresses that every such memory has cannot fault.
(module
  (memory 2)
  (func (param i32 i64 f64) (result i32)
    local.get 0
    i32.load
    local.get 0
    i32.load8_u offset=12
    i32.add
    local.get 0
    local.get 1
    i64.store32 offset=33554424
    local.get 0
    local.get 2
    f64.store offset=8 align=1
    i32.const 131064
    i64.load
    i32.wrap_i64
    i32.add
    i32.const 131065
    i64.load
    i32.wrap_i64
    i32.add)
  (func (param i32) (result i64)
    local.get 0
    i64.load offset=33554432))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 0d 02 60 03 7f 7e 7c
;; 01 7f 60 01 7f 01 7e 03  03 02 00 01 05 03 01 00
;; 02 0a 3d 02 30 00 20 00  28 02 00 20 00 2d 00 0c
;; 6a 20 00 20 01 3e 02 f8  ff ff 0f 20 00 20 02 39
;; 00 08 41 f8 ff 07 29 03  00 a7 6a 41 f9 ff 07 29
;; 03 00 a7 6a 0b 0a 00 20  00 29 03 80 80 80 10 0b
;; ir:
;; function 0(i64 context, i32, i64, f64) -> i32 precast {
;; block0(v0: i64, v1: i32, v2: i64, v3: f64):
;;     v4 = load.i64 v0+64 region 4 readonly  @28
;;     v5 = uextend.i64 v1  @28
;;     v6 = iadd.i64 v4, v5  @28
;;     v7 = load.i32 v6 region 11 trap 2  @28
;;     v8 = uload8.i32 v6+12 region 11 trap 2  @2d
;;     v9 = iadd.i32 v7, v8  @30
;;     store32.i64 v2, v6+33554424 region 11 trap 2  @35
;;     store.f64 v3, v6+8 region 11 trap 2  @3f
;;     v10 = iconst.i32 131064  @42
;;     v11 = load.i64 v4+131064 region 11  @46
;;     v12 = ireduce.i32 v11  @49
;;     v13 = iadd.i32 v9, v12  @4a
;;     v14 = iconst.i32 131065  @4b
;;     v15 = iconst.i64 131065  @4f
;;     v16 = iadd.i64 v4, v15  @4f
;;     v17 = load.i64 v16 region 11 trap 2  @4f
;;     v18 = ireduce.i32 v17  @52
;;     v19 = iadd.i32 v13, v18  @53
;;     return v19  @54
;; }
;; function 1(i64 context, i32) -> i64 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @59
;;     v3 = load.i64 v0+72 region 4  @59
;;     v4 = iconst.i64 33554440  @59
;;     v5 = iadd.i64 v2, v4  @59
;;     v6 = icmp.ugt v5, v3  @59
;;     v7 = load.i64 v0+64 region 4 readonly  @59
;;     v8 = iadd.i64 v7, v2  @59
;;     v9 = iconst.i64 33554432  @59
;;     v10 = iadd.i64 v8, v9  @59
;;     v11 = iconst.i64 0  @59
;;     v12 = select_guard.i64 v6, v11, v10  @59
;;     v13 = load.i64 v12 region 11 trap 2  @59
;;     return v13  @5f
;; }
