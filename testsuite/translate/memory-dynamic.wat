;; A memory without reservation: every access is checked and its address masked; one that the smallest such memory has is not.
;; options: dynamic-memory
(module
  (memory 1)
  (func (param i32 i32)
    local.get 0
    i32.load offset=8
    drop
    local.get 0
    local.get 1
    i32.store16 offset=65536
    i32.const 16
    i32.load
    drop))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 06 01 60 02 7f 7f 00
;; 03 02 01 00 05 03 01 00  01 0a 19 01 17 00 20 00
;; 28 02 08 1a 20 00 20 01  3b 01 80 80 04 41 10 28
;; 02 00 1a 0b
;; ir:
;; function 0(i64 context, i32, i32) precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v1  @20
;;     v4 = load.i64 v0+72 region 4  @20
;;     v5 = iconst.i64 12  @20
;;     v6 = isub.i64 v4, v5  @20
;;     v7 = icmp.ugt v3, v6  @20
;;     v8 = load.i64 v0+64 region 4  @20
;;     v9 = iadd.i64 v8, v3  @20
;;     v10 = iconst.i64 0  @20
;;     v11 = select_guard.i64 v7, v10, v9  @20
;;     v12 = load.i32 v11+8 region 11 trap 2  @20
;;     v13 = uextend.i64 v1  @28
;;     v14 = load.i64 v0+72 region 4  @28
;;     v15 = iconst.i64 65538  @28
;;     v16 = iadd.i64 v13, v15  @28
;;     v17 = icmp.ugt v16, v14  @28
;;     v18 = load.i64 v0+64 region 4  @28
;;     v19 = iadd.i64 v18, v13  @28
;;     v20 = iconst.i64 65536  @28
;;     v21 = iadd.i64 v19, v20  @28
;;     v22 = iconst.i64 0  @28
;;     v23 = select_guard.i64 v17, v22, v21  @28
;;     store16.i32 v2, v23 region 11 trap 2  @28
;;     v24 = iconst.i32 16  @2d
;;     v25 = load.i64 v0+64 region 4  @2f
;;     v26 = load.i32 v25+16 region 11  @2f
;;     return  @33
;; }
