;; A shared memory is reached through its address, never moves, and may grow at any time: its length is loaded as what other threads change.
;; options: dynamic-memory
(module
  (memory 1 4 shared)
  (func (param i32) (result i32)
    loop
      local.get 0
      i32.load
      i32.eqz
      br_if 0
    end
    memory.size))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 06 01 60 01 7f 01 7f
;; 03 02 01 00 05 04 01 03  01 04 0a 11 01 0f 00 03
;; 40 20 00 28 02 00 45 0d  00 0b 3f 00 0b
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     jump block1  @1f
;; block1:
;;     v3 = uextend.i64 v1  @23
;;     v4 = load.i64 v0+64 region 1 readonly  @23
;;     v5 = load.i64 v4+8 region 4 shared  @23
;;     v6 = iconst.i64 4  @23
;;     v7 = isub.i64 v5, v6  @23
;;     v8 = icmp.ugt v3, v7  @23
;;     v9 = load.i64 v4 region 4 readonly  @23
;;     v10 = iadd.i64 v9, v3  @23
;;     v11 = iconst.i64 0  @23
;;     v12 = select_guard.i64 v8, v11, v10  @23
;;     v13 = load.i32 v12 region 11 trap 2 shared  @23
;;     v14 = iconst.i32 0  @26
;;     v15 = icmp.eq v13, v14  @26
;;     br_if v15, block1, block2  @27
;; block2:
;;     v16 = iconst.i64 16  @2a
;;     v17 = load.i64 v0+64 region 1 readonly  @2a
;;     v18 = load.i64 v17+8 region 4 shared  @2a
;;     v19 = ushr.i64 v18, v16  @2a
;;     v20 = ireduce.i32 v19  @2a
;;     return v20  @2c
;; }
