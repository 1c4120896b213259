;; A 64-bit memory: an index is compared with the length where the guard takes the offset in, else the end of the access; a sum that may wrap around is
;; checked for that. Masked addresses need no branch. A 64-bit table.
(module
  (memory i64 2)
  (table i64 2 funcref)
  (func (param i64 i64)
    local.get 0
    local.get 0
    i64.load offset=8
    i64.store offset=0x10000
    local.get 1
    i64.load offset=0x1fffc
    drop
    local.get 1
    i64.load offset=0x100000000
    drop
    i64.const 131064
    i64.load
    drop
    i64.const 131065
    i64.load
    drop)
  (func (param i64) (result i64)
    local.get 0
    i64.load offset=0xffffffffffffffff)
  (func (param i64) (result i64)
    local.get 0
    memory.grow)
  (func (param i64) (result i64)
    local.get 0
    table.get 0
    drop
    table.size 0))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 0b 02 60 02 7e 7e 00
;; 60 01 7e 01 7e 03 05 04  00 01 01 01 04 04 01 70
;; 04 02 05 03 01 04 02 0a  55 04 30 00 20 00 20 00
;; 29 03 08 37 03 80 80 04  20 01 29 03 fc ff 07 1a
;; 20 01 29 03 80 80 80 80  10 1a 42 f8 ff 07 29 03
;; 00 1a 42 f9 ff 07 29 03  00 1a 0b 10 00 20 00 29
;; 03 ff ff ff ff ff ff ff  ff ff 01 0b 06 00 20 00
;; 40 00 0b 0a 00 20 00 25  00 1a fc 10 00 0b
;; ir:
;; function 0(i64 context, i64, i64) precast {
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i64 v0+72 region 4  @30
;;     v4 = icmp.uge v1, v3  @30
;;     v5 = load.i64 v0+64 region 4  @30
;;     v6 = iadd.i64 v5, v1  @30
;;     v7 = iconst.i64 0  @30
;;     v8 = select_guard.i64 v4, v7, v6  @30
;;     v9 = load.i64 v8+8 region 11 trap 2  @30
;;     v10 = load.i64 v0+72 region 4  @33
;;     v11 = icmp.uge v1, v10  @33
;;     v12 = load.i64 v0+64 region 4  @33
;;     v13 = iadd.i64 v12, v1  @33
;;     v14 = iconst.i64 65536  @33
;;     v15 = iadd.i64 v13, v14  @33
;;     v16 = iconst.i64 0  @33
;;     v17 = select_guard.i64 v11, v16, v15  @33
;;     store.i64 v9, v17 region 11 trap 2  @33
;;     v18 = load.i64 v0+72 region 4  @3a
;;     v19 = icmp.uge v2, v18  @3a
;;     v20 = load.i64 v0+64 region 4  @3a
;;     v21 = iadd.i64 v20, v2  @3a
;;     v22 = iconst.i64 131068  @3a
;;     v23 = iadd.i64 v21, v22  @3a
;;     v24 = iconst.i64 0  @3a
;;     v25 = select_guard.i64 v19, v24, v23  @3a
;;     v26 = load.i64 v25 region 11 trap 2  @3a
;;     v27 = load.i64 v0+72 region 4  @42
;;     v28 = iconst.i64 4294967304  @42
;;     v29 = iadd.i64 v2, v28  @42
;;     v30 = icmp.ult v29, v2  @42
;;     trapnz v30, 2  @42
;;     v31 = icmp.ugt v29, v27  @42
;;     v32 = load.i64 v0+64 region 4  @42
;;     v33 = iadd.i64 v32, v2  @42
;;     v34 = iconst.i64 4294967296  @42
;;     v35 = iadd.i64 v33, v34  @42
;;     v36 = iconst.i64 0  @42
;;     v37 = select_guard.i64 v31, v36, v35  @42
;;     v38 = load.i64 v37 region 11 trap 2  @42
;;     v39 = iconst.i64 131064  @4a
;;     v40 = load.i64 v0+64 region 4  @4e
;;     v41 = load.i64 v40+131064 region 11  @4e
;;     v42 = iconst.i64 131065  @52
;;     v43 = load.i64 v0+72 region 4  @56
;;     v44 = icmp.uge v42, v43  @56
;;     v45 = load.i64 v0+64 region 4  @56
;;     v46 = iadd.i64 v45, v42  @56
;;     v47 = iconst.i64 0  @56
;;     v48 = select_guard.i64 v44, v47, v46  @56
;;     v49 = load.i64 v48 region 11 trap 2  @56
;;     return  @5a
;; }
;; function 1(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i32 1  @5f
;;     trapnz v2, 2  @5f
;;     v3 = load.i64 v0+64 region 4  @5f
;;     v4 = load.i64 v3 region 11 trap 2  @5f
;;     return v4  @6b
;; }
;; function 2(i64 context, i64) -> i64 precast {
;;     sig0 = (i64 context, i64, i64) -> i64 system_v
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 0  @70
;;     v3 = load.i64 v0+16 region 1 readonly  @70
;;     v4 = load.i64 v3+8 region 1 readonly  @70
;;     v5 = call_indirect sig0, v4(v0, v2, v1)  @70
;;     return v5  @72
;; }
;; function 3(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = load.i64 v0+88 region 4  @77
;;     v3 = icmp.uge v1, v2  @77
;;     v4 = load.i64 v0+80 region 4  @77
;;     v5 = iconst.i64 3  @77
;;     v6 = ishl.i64 v1, v5  @77
;;     v7 = iadd.i64 v4, v6  @77
;;     v8 = iconst.i64 0  @77
;;     v9 = select_guard.i64 v3, v8, v7  @77
;;     v10 = load.i64 v9 region 27 trap 3  @77
;;     v11 = load.i64 v0+88 region 4  @7a
;;     return v11  @7d
;; }
