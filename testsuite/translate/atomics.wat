;; Checks of alignment come first; a constant address needs none where it is aligned. Waiting and waking are the loader's.
(module
  (memory 1 4 shared)
  (func (param i32 i32) (result i32)
    local.get 0
    i32.atomic.load8_u offset=3
    local.get 0
    local.get 1
    i32.atomic.rmw.sub offset=6
    i32.add
    i32.const 16
    local.get 1
    i32.atomic.store
    i32.const 2
    i32.atomic.load
    i32.add
    atomic.fence)
  (func (param i32 i64 i64) (result i64)
    local.get 0
    local.get 1
    local.get 2
    i64.atomic.rmw16.cmpxchg_u)
  (func (param i32 i64) (result i32)
    local.get 0
    local.get 1
    i64.const -1
    memory.atomic.wait64 offset=8
    local.get 0
    i32.const 1
    memory.atomic.notify
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 14 03 60 02 7f 7f 01
;; 7f 60 03 7f 7e 7e 01 7e  60 02 7f 7e 01 7f 03 04
;; 03 00 01 02 05 04 01 03  01 04 0a 48 03 23 00 20
;; 00 fe 12 00 03 20 00 20  01 fe 25 02 06 6a 41 10
;; 20 01 fe 17 02 00 41 02  fe 10 02 00 6a fe 03 00
;; 0b 0c 00 20 00 20 01 20  02 fe 4d 01 00 0b 15 00
;; 20 00 20 01 42 7f fe 02  03 08 20 00 41 01 fe 00
;; 02 00 6a 0b
;; ir:
;; function 0(i64 context, i32, i32) -> i32 precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = load.i64 v0+64 region 1 readonly  @31
;;     v4 = load.i64 v3 region 4 readonly  @31
;;     v5 = uextend.i64 v1  @31
;;     v6 = iadd.i64 v4, v5  @31
;;     v7 = iconst.i64 3  @31
;;     v8 = iadd.i64 v6, v7  @31
;;     v9 = atomic_load.i32 8 v8 region 11 trap 2  @31
;;     v10 = iconst.i32 2  @39
;;     v11 = iadd.i32 v1, v10  @39
;;     v12 = iconst.i32 3  @39
;;     v13 = band.i32 v11, v12  @39
;;     trapnz v13, 13  @39
;;     v14 = iconst.i64 6  @39
;;     v15 = iadd.i64 v6, v14  @39
;;     v16 = atomic_update.i32 sub 32 v2, v15 region 11 trap 2  @39
;;     v17 = iadd.i32 v9, v16  @3d
;;     v18 = iconst.i32 16  @3e
;;     v19 = iconst.i64 16  @42
;;     v20 = iadd.i64 v4, v19  @42
;;     atomic_store.i32 32 v2, v20 region 11  @42
;;     v21 = iconst.i32 2  @46
;;     v22 = iconst.i32 1  @48
;;     trapnz v22, 13  @48
;;     v23 = iconst.i64 2  @48
;;     v24 = iadd.i64 v4, v23  @48
;;     v25 = atomic_load.i32 32 v24 region 11  @48
;;     v26 = iadd.i32 v17, v25  @4c
;;     fence  @4d
;;     return v26  @50
;; }
;; function 1(i64 context, i32, i64, i64) -> i64 precast {
;; block0(v0: i64, v1: i32, v2: i64, v3: i64):
;;     v4 = iconst.i32 1  @59
;;     v5 = band.i32 v1, v4  @59
;;     trapnz v5, 13  @59
;;     v6 = load.i64 v0+64 region 1 readonly  @59
;;     v7 = load.i64 v6 region 4 readonly  @59
;;     v8 = uextend.i64 v1  @59
;;     v9 = iadd.i64 v7, v8  @59
;;     v10 = atomic_compare_exchange.i64 16 v2, v3, v9 region 11 trap 2  @59
;;     return v10  @5d
;; }
;; function 2(i64 context, i32, i64) -> i32 precast {
;;     sig0 = (i64 context, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     sig2 = (i64 context, i64, i64, i64) -> i64 system_v
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = iconst.i64 -1  @64
;;     v4 = uextend.i64 v1  @66
;;     v5 = iconst.i64 8  @66
;;     v6 = iadd.i64 v4, v5  @66
;;     v7 = iconst.i64 0  @66
;;     v8 = load.i64 v0+16 region 1 readonly  @66
;;     v9 = load.i64 v8+184 region 1 readonly  @66
;;     v10 = call_indirect sig0, v9(v0, v7, v6, v2, v3)  @66
;;     v11 = iconst.i64 0  @66
;;     v12 = icmp.slt v10, v11  @66
;;     br_if v12, block1, block2  @66
;; block1 cold:
;;     v13 = iconst.i64 255  @66
;;     v14 = load.i64 v0+16 region 1 readonly  @66
;;     v15 = load.i64 v14 region 1 readonly  @66
;;     call_indirect sig1, v15(v0, v13)  @66
;;     trap 1  @66
;; block2:
;;     v16 = ireduce.i32 v10  @66
;;     v17 = iconst.i32 1  @6c
;;     v18 = iconst.i64 1  @6e
;;     v19 = uextend.i64 v1  @6e
;;     v20 = iconst.i64 0  @6e
;;     v21 = load.i64 v0+16 region 1 readonly  @6e
;;     v22 = load.i64 v21+168 region 1 readonly  @6e
;;     v23 = call_indirect sig2, v22(v0, v20, v19, v18)  @6e
;;     v24 = iconst.i64 0  @6e
;;     v25 = icmp.slt v23, v24  @6e
;;     br_if v25, block3, block4  @6e
;; block3 cold:
;;     v26 = iconst.i64 255  @6e
;;     v27 = load.i64 v0+16 region 1 readonly  @6e
;;     v28 = load.i64 v27 region 1 readonly  @6e
;;     call_indirect sig1, v28(v0, v26)  @6e
;;     trap 1  @6e
;; block4:
;;     v29 = ireduce.i32 v23  @6e
;;     v30 = iadd.i32 v16, v29  @72
;;     return v30  @73
;; }
