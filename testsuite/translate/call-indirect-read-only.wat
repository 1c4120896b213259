;; Through a table that is known at compile time: code distance and type id come from read-only data.
(module
  (type $f (func (param i32) (result i32)))
  (type $g (func))
  (type $h (func (param i32) (result i32)))
  (table 3 3 funcref)
  (elem (i32.const 1) func $a $b)
  (func $a (type $h)
    local.get 0)
  (func $b (type $g))
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    call_indirect (type $h))
  (func (param i32)
    local.get 0
    return_call_indirect (type $g)))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 18 05 60 01 7f 01 7f
;; 60 00 00 60 01 7f 01 7f  60 02 7f 7f 01 7f 60 01
;; 7f 00 03 05 04 02 01 03  04 04 05 01 70 01 03 03
;; 09 08 01 00 41 01 0b 02  00 01 0a 1b 04 04 00 20
;; 00 0b 02 00 0b 09 00 20  00 20 01 11 02 00 0b 07
;; 00 20 00 13 01 00 0b 00  1a 04 6e 61 6d 65 01 07
;; 02 00 01 61 01 01 62 04  0a 03 00 01 66 01 01 67
;; 02 01 68
;; ir:
;; table 0 at 0 = [null, function 0 type 0, function 1 type 1]
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     return v1  @41
;; }
;; function 1(i64 context) precast {
;; block0(v0: i64):
;;     return  @44
;; }
;; function 2(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v2  @4b
;;     v4 = iconst.i64 3  @4b
;;     v5 = icmp.uge v3, v4  @4b
;;     trapnz v5, 4  @4b
;;     v6 = iconst.i64 0  @4b
;;     v7 = select_guard.i64 v5, v6, v3  @4b
;;     v8 = data_addr.i64 0  @4b
;;     v9 = iconst.i64 3  @4b
;;     v10 = ishl.i64 v7, v9  @4b
;;     v11 = iadd.i64 v8, v10  @4b
;;     v12 = load.i32 v11+4 region 6 trap 4 readonly  @4b
;;     v13 = iconst.i32 1  @4b
;;     v14 = icmp.ne v12, v13  @4b
;;     br_if v14, block1, block2  @4b
;; block1 cold:
;;     trapz v12, 5  @4b
;;     trap 6  @4b
;; block2:
;;     v15 = sload32.i64 v11 region 6 trap 4 readonly  @4b
;;     v16 = iadd.i64 v8, v15  @4b
;;     v17 = call_indirect sig0, v16(v0, v1)  @4b
;;     return v17  @4e
;; }
;; function 3(i64 context, i32) precast {
;;     sig0 = (i64 context) precast
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @53
;;     v3 = iconst.i64 3  @53
;;     v4 = icmp.uge v2, v3  @53
;;     trapnz v4, 4  @53
;;     v5 = iconst.i64 0  @53
;;     v6 = select_guard.i64 v4, v5, v2  @53
;;     v7 = data_addr.i64 0  @53
;;     v8 = iconst.i64 3  @53
;;     v9 = ishl.i64 v6, v8  @53
;;     v10 = iadd.i64 v7, v9  @53
;;     v11 = load.i32 v10+4 region 6 trap 4 readonly  @53
;;     v12 = iconst.i32 2  @53
;;     v13 = icmp.ne v11, v12  @53
;;     br_if v13, block1, block2  @53
;; block1 cold:
;;     trapz v11, 5  @53
;;     trap 6  @53
;; block2:
;;     v14 = sload32.i64 v10 region 6 trap 4 readonly  @53
;;     v15 = iadd.i64 v7, v14  @53
;;     return_call_indirect sig0, v15(v0)  @53
;; }
