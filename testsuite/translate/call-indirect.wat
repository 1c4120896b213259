;; Through a table that others can write: bounds, null (a fault), type.
(module
  (import "m" "t" (table $t 4 funcref))
  (type $f (func (param i32) (result i32)))
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    call_indirect $t (type $f))
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    return_call_indirect $t (type $f)))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 0c 02 60 01 7f 01 7f
;; 60 02 7f 7f 01 7f 02 09  01 01 6d 01 74 01 70 00
;; 04 03 03 02 01 01 0a 15  02 09 00 20 00 20 01 11
;; 00 00 0b 09 00 20 00 20  01 13 00 00 0b 00 11 04
;; 6e 61 6d 65 04 04 01 00  01 66 05 04 01 00 01 74
;; ir:
;; function 0(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v2  @2f
;;     v4 = load.i64 v0+64 region 1 readonly  @2f
;;     v5 = load.i64 v4+8 region 4  @2f
;;     v6 = icmp.uge v3, v5  @2f
;;     v7 = load.i64 v4 region 4  @2f
;;     v8 = iconst.i64 3  @2f
;;     v9 = ishl.i64 v3, v8  @2f
;;     v10 = iadd.i64 v7, v9  @2f
;;     v11 = iconst.i64 0  @2f
;;     v12 = select_guard.i64 v6, v11, v10  @2f
;;     v13 = load.i64 v12 region 9 trap 4  @2f
;;     v14 = load.i32 v13+16 region 5 trap 5 readonly  @2f
;;     v15 = load.i32 v0+80 region 1 readonly  @2f
;;     v16 = icmp.ne v14, v15  @2f
;;     trapnz v16, 6  @2f
;;     v17 = load.i64 v13 region 5 trap 5 readonly  @2f
;;     v18 = load.i64 v13+8 region 5 trap 5 readonly  @2f
;;     v19 = call_indirect sig0, v17(v18, v1, v0)  @2f
;;     return v19  @32
;; }
;; function 1(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v2  @39
;;     v4 = load.i64 v0+64 region 1 readonly  @39
;;     v5 = load.i64 v4+8 region 4  @39
;;     v6 = icmp.uge v3, v5  @39
;;     v7 = load.i64 v4 region 4  @39
;;     v8 = iconst.i64 3  @39
;;     v9 = ishl.i64 v3, v8  @39
;;     v10 = iadd.i64 v7, v9  @39
;;     v11 = iconst.i64 0  @39
;;     v12 = select_guard.i64 v6, v11, v10  @39
;;     v13 = load.i64 v12 region 9 trap 4  @39
;;     v14 = load.i32 v13+16 region 5 trap 5 readonly  @39
;;     v15 = load.i32 v0+80 region 1 readonly  @39
;;     v16 = icmp.ne v14, v15  @39
;;     trapnz v16, 6  @39
;;     v17 = load.i64 v13 region 5 trap 5 readonly  @39
;;     v18 = load.i64 v13+8 region 5 trap 5 readonly  @39
;;     return_call_indirect sig0, v17(v18, v1, v0)  @39
;; }
;; function 2(i64 context, i32, i64 caller_context) -> i32 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 16 align 16
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
;;     v17 = load.i32 v3 region 7
;;     return v17
;; }
