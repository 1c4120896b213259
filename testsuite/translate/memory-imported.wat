;; Imported memories: the descriptor is reached through the context.
;; options: multi-memory
(module
  (import "m" "a" (memory 1))
  (memory 1)
  (func (param i32) (result i32)
    local.get 0
    i32.load 0
    local.get 0
    i32.load 0 offset=4
    i32.add
    local.get 0
    i32.load 1
    i32.add
    memory.size 0
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 06 01 60 01 7f 01 7f
;; 02 08 01 01 6d 01 61 02  00 01 03 02 01 00 05 03
;; 01 00 01 0a 19 01 17 00  20 00 28 02 00 20 00 28
;; 02 04 6a 20 00 28 42 01  00 6a 3f 00 6a 0b
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = load.i64 v0+64 region 1 readonly  @2a
;;     v3 = load.i64 v2 region 4 readonly  @2a
;;     v4 = uextend.i64 v1  @2a
;;     v5 = iadd.i64 v3, v4  @2a
;;     v6 = load.i32 v5 region 8 trap 2  @2a
;;     v7 = load.i32 v5+4 region 8 trap 2  @2f
;;     v8 = iadd.i32 v6, v7  @32
;;     v9 = load.i64 v0+80 region 4 readonly  @35
;;     v10 = uextend.i64 v1  @35
;;     v11 = iadd.i64 v9, v10  @35
;;     v12 = load.i32 v11 region 11 trap 2  @35
;;     v13 = iadd.i32 v8, v12  @39
;;     v14 = iconst.i64 16  @3a
;;     v15 = load.i64 v2+8 region 4  @3a
;;     v16 = ushr.i64 v15, v14  @3a
;;     v17 = ireduce.i32 v16  @3a
;;     v18 = iadd.i32 v13, v17  @3c
;;     return v18  @3d
;; }
