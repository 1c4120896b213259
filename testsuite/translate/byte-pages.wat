;; Pages of one byte: the guard does not begin where the memory ends, so the end of each access is compared. A 64-bit sum may wrap around.
;; options: custom-page-sizes multi-memory
(module
  (memory 16 (pagesize 1))
  (memory i64 16 (pagesize 1))
  (func (param i32 i64)
    local.get 0
    i32.load offset=4
    drop
    local.get 0
    i32.load offset=16
    drop
    local.get 1
    i32.load 1 offset=12
    drop
    local.get 1
    i32.load 1 offset=16
    drop)
  (func (result i32)
    memory.size))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 0a 02 60 02 7f 7e 00
;; 60 00 01 7f 03 03 02 00  01 05 07 02 08 10 00 0c
;; 10 00 0a 23 02 1c 00 20  00 28 02 04 1a 20 00 28
;; 02 10 1a 20 01 28 42 01  0c 1a 20 01 28 42 01 10
;; 1a 0b 04 00 3f 00 0b
;; ir:
;; function 0(i64 context, i32, i64) precast {
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = uextend.i64 v1  @29
;;     v4 = load.i64 v0+72 region 4  @29
;;     v5 = iconst.i64 8  @29
;;     v6 = isub.i64 v4, v5  @29
;;     v7 = icmp.ugt v3, v6  @29
;;     v8 = load.i64 v0+64 region 4 readonly  @29
;;     v9 = iadd.i64 v8, v3  @29
;;     v10 = iconst.i64 0  @29
;;     v11 = select_guard.i64 v7, v10, v9  @29
;;     v12 = load.i32 v11+4 region 11 trap 2  @29
;;     v13 = uextend.i64 v1  @2f
;;     v14 = load.i64 v0+72 region 4  @2f
;;     v15 = iconst.i64 20  @2f
;;     v16 = iadd.i64 v13, v15  @2f
;;     v17 = icmp.ugt v16, v14  @2f
;;     v18 = iadd.i64 v8, v13  @2f
;;     v19 = iconst.i64 0  @2f
;;     v20 = select_guard.i64 v17, v19, v18  @2f
;;     v21 = load.i32 v20+16 region 11 trap 2  @2f
;;     v22 = load.i64 v0+88 region 4  @35
;;     v23 = iconst.i64 16  @35
;;     v24 = isub.i64 v22, v23  @35
;;     v25 = icmp.ugt v2, v24  @35
;;     v26 = load.i64 v0+80 region 4  @35
;;     v27 = iadd.i64 v26, v2  @35
;;     v28 = iconst.i64 0  @35
;;     v29 = select_guard.i64 v25, v28, v27  @35
;;     v30 = load.i32 v29+12 region 12 trap 2  @35
;;     v31 = load.i64 v0+88 region 4  @3c
;;     v32 = iconst.i64 20  @3c
;;     v33 = iadd.i64 v2, v32  @3c
;;     v34 = icmp.ult v33, v2  @3c
;;     trapnz v34, 2  @3c
;;     v35 = icmp.ugt v33, v31  @3c
;;     v36 = load.i64 v0+80 region 4  @3c
;;     v37 = iadd.i64 v36, v2  @3c
;;     v38 = iconst.i64 0  @3c
;;     v39 = select_guard.i64 v35, v38, v37  @3c
;;     v40 = load.i32 v39+16 region 12 trap 2  @3c
;;     return  @41
;; }
;; function 1(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = iconst.i64 0  @44
;;     v2 = load.i64 v0+72 region 4  @44
;;     v3 = ushr.i64 v2, v1  @44
;;     v4 = ireduce.i32 v3  @44
;;     return v4  @46
;; }
