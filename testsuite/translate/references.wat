;; References and tables.
(module
  (table $t 1 10 externref)
  (table $u 2 funcref)
  (elem $s func $f)
  (func $f (param i32 externref) (result externref)
    local.get 0
    local.get 1
    table.set $t
    local.get 0
    table.get $t)
  (func (param i32) (result i32)
    ref.func $f
    local.get 0
    table.grow $u
    drop
    ref.null extern
    ref.is_null
    table.size $t
    i32.add)
  (func (param i32 i32)
    local.get 0
    ref.null func
    local.get 1
    table.fill $u
    local.get 0
    local.get 1
    i32.const 3
    table.copy $u $u
    local.get 0
    i32.const 0
    i32.const 1
    table.init $u $s
    elem.drop $s))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 11 03 60 02 7f 6f 01
;; 6f 60 01 7f 01 7f 60 02  7f 7f 00 03 04 03 00 01
;; 02 04 08 02 6f 01 01 0a  70 00 02 09 05 01 01 00
;; 01 00 0a 43 03 0c 00 20  00 20 01 26 00 20 00 25
;; 00 0b 11 00 d2 00 20 00  fc 0f 01 1a d0 6f d1 fc
;; 10 00 6a 0b 22 00 20 00  d0 70 20 01 fc 11 01 20
;; 00 20 01 41 03 fc 0e 01  01 20 00 41 00 41 01 fc
;; 0c 00 01 fc 0d 00 0b 00  1a 04 6e 61 6d 65 01 04
;; 01 00 01 66 05 07 02 00  01 74 01 01 75 08 04 01
;; 00 01 73
;; ir:
;; function 0(i64 context, i32, i64) -> i64 precast {
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = uextend.i64 v1  @3b
;;     v4 = load.i64 v0+72 region 4  @3b
;;     v5 = icmp.uge v3, v4  @3b
;;     v6 = load.i64 v0+64 region 4  @3b
;;     v7 = iconst.i64 3  @3b
;;     v8 = ishl.i64 v3, v7  @3b
;;     v9 = iadd.i64 v6, v8  @3b
;;     v10 = iconst.i64 0  @3b
;;     v11 = select_guard.i64 v5, v10, v9  @3b
;;     store.i64 v2, v11 region 27 trap 3  @3b
;;     v12 = uextend.i64 v1  @3f
;;     v13 = load.i64 v0+72 region 4  @3f
;;     v14 = icmp.uge v12, v13  @3f
;;     v15 = load.i64 v0+64 region 4  @3f
;;     v16 = iconst.i64 3  @3f
;;     v17 = ishl.i64 v12, v16  @3f
;;     v18 = iadd.i64 v15, v17  @3f
;;     v19 = iconst.i64 0  @3f
;;     v20 = select_guard.i64 v14, v19, v18  @3f
;;     v21 = load.i64 v20 region 27 trap 3  @3f
;;     return v21  @41
;; }
;; function 1(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64, i64) -> i64 system_v
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i64 112  @44
;;     v3 = iadd.i64 v0, v2  @44
;;     v4 = uextend.i64 v1  @48
;;     v5 = iconst.i64 1  @48
;;     v6 = load.i64 v0+16 region 1 readonly  @48
;;     v7 = load.i64 v6+48 region 1 readonly  @48
;;     v8 = call_indirect sig0, v7(v0, v5, v3, v4)  @48
;;     v9 = ireduce.i32 v8  @48
;;     v10 = iconst.i64 0  @4c
;;     v11 = iconst.i64 0  @4e
;;     v12 = icmp.eq v10, v11  @4e
;;     v13 = load.i64 v0+72 region 4  @4f
;;     v14 = ireduce.i32 v13  @4f
;;     v15 = iadd.i32 v12, v14  @52
;;     return v15  @53
;; }
;; function 2(i64 context, i32, i32) precast {
;;     sig0 = (i64 context, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     sig2 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
;;     sig3 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
;;     sig4 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = iconst.i64 0  @58
;;     v4 = uextend.i64 v1  @5c
;;     v5 = uextend.i64 v2  @5c
;;     v6 = iconst.i64 1  @5c
;;     v7 = load.i64 v0+16 region 1 readonly  @5c
;;     v8 = load.i64 v7+64 region 1 readonly  @5c
;;     v9 = call_indirect sig0, v8(v0, v6, v4, v3, v5)  @5c
;;     v10 = iconst.i64 0  @5c
;;     v11 = icmp.slt v9, v10  @5c
;;     br_if v11, block1, block2  @5c
;; block1 cold:
;;     v12 = iconst.i64 255  @5c
;;     v13 = load.i64 v0+16 region 1 readonly  @5c
;;     v14 = load.i64 v13 region 1 readonly  @5c
;;     call_indirect sig1, v14(v0, v12)  @5c
;;     trap 1  @5c
;; block2:
;;     v15 = iconst.i32 3  @63
;;     v16 = uextend.i64 v1  @65
;;     v17 = uextend.i64 v2  @65
;;     v18 = iconst.i64 3  @65
;;     v19 = iconst.i64 1  @65
;;     v20 = iconst.i64 1  @65
;;     v21 = load.i64 v0+16 region 1 readonly  @65
;;     v22 = load.i64 v21+56 region 1 readonly  @65
;;     v23 = call_indirect sig2, v22(v0, v19, v20, v16, v17, v18)  @65
;;     v24 = iconst.i64 0  @65
;;     v25 = icmp.slt v23, v24  @65
;;     br_if v25, block3, block4  @65
;; block3 cold:
;;     v26 = iconst.i64 255  @65
;;     v27 = load.i64 v0+16 region 1 readonly  @65
;;     v28 = load.i64 v27 region 1 readonly  @65
;;     call_indirect sig1, v28(v0, v26)  @65
;;     trap 1  @65
;; block4:
;;     v29 = iconst.i32 0  @6b
;;     v30 = iconst.i32 1  @6d
;;     v31 = uextend.i64 v1  @6f
;;     v32 = iconst.i64 0  @6f
;;     v33 = iconst.i64 1  @6f
;;     v34 = iconst.i64 1  @6f
;;     v35 = iconst.i64 0  @6f
;;     v36 = load.i64 v0+16 region 1 readonly  @6f
;;     v37 = load.i64 v36+72 region 1 readonly  @6f
;;     v38 = call_indirect sig3, v37(v0, v34, v35, v31, v32, v33)  @6f
;;     v39 = iconst.i64 0  @6f
;;     v40 = icmp.slt v38, v39  @6f
;;     br_if v40, block5, block6  @6f
;; block5 cold:
;;     v41 = iconst.i64 255  @6f
;;     v42 = load.i64 v0+16 region 1 readonly  @6f
;;     v43 = load.i64 v42 region 1 readonly  @6f
;;     call_indirect sig1, v43(v0, v41)  @6f
;;     trap 1  @6f
;; block6:
;;     v44 = iconst.i64 0  @73
;;     v45 = load.i64 v0+16 region 1 readonly  @73
;;     v46 = load.i64 v45+80 region 1 readonly  @73
;;     call_indirect sig4, v46(v0, v44)  @73
;;     return  @76
;; }
;; function 3(i64 context, i64, i64) system_v {
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
