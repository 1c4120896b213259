;; Tests of a function's type: one comparison where no other type extends it, else the loader decides out of line. Numbers are tagged.
(module
  (type $open (sub (func)))
  (type $final (sub final $open (func)))
  (table (export "t") 1 funcref)
  (func (param funcref) (result i32)
    local.get 0
    ref.test (ref $final))
  (func (param (ref func)) (result (ref $open))
    local.get 0
    ref.cast (ref $open))
  (func (param i32)
    local.get 0
    call_indirect (type $open))
  (func (param anyref) (result i32)
    block $l (result (ref i31))
      local.get 0
      br_on_cast $l anyref (ref i31)
      drop
      i32.const 0
      return
    end
    i31.get_s)
  (func (param i32) (result i32)
    local.get 0
    ref.i31
    ref.test (ref eq)))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 26 07 50 00 60 00 00
;; 4f 01 00 60 00 00 60 01  70 01 7f 60 01 64 70 01
;; 64 00 60 01 7f 00 60 01  6e 01 7f 60 01 7f 01 7f
;; 03 06 05 02 03 04 05 06  04 04 01 70 00 01 07 05
;; 01 01 74 01 00 0a 38 05  07 00 20 00 fb 14 01 0b
;; 07 00 20 00 fb 16 00 0b  07 00 20 00 11 00 00 0b
;; 14 00 02 64 6c 20 00 fb  18 01 00 6e 6c 1a 41 00
;; 0f 0b fb 1d 0b 09 00 20  00 fb 1c fb 14 6d 0b 00
;; 1d 04 6e 61 6d 65 03 06  01 03 01 00 01 6c 04 0e
;; 02 00 04 6f 70 65 6e 01  05 66 69 6e 61 6c
;; ir:
;; function 0(i64 context, i64) -> i32 precast {
;; block0(v0: i64, v1: i64):
;;     v3 = iconst.i64 0  @4c
;;     v4 = icmp.eq v1, v3  @4c
;;     v5 = iconst.i32 0  @4c
;;     br_if v4, block1(v5), block2  @4c
;; block2:
;;     v6 = load.i32 v1+16 region 5 trap 14 readonly  @4c
;;     v7 = load.i32 v0+84 region 1 readonly  @4c
;;     v8 = icmp.eq v6, v7  @4c
;;     jump block1(v8)  @4c
;; block1(v2: i32):
;;     return v2  @4f
;; }
;; function 1(i64 context, i64) -> i64 precast {
;;     sig0 = (i64 context, i64, i64) -> i64 system_v
;; block0(v0: i64, v1: i64):
;;     v3 = load.i32 v1+16 region 5 trap 14 readonly  @54
;;     v4 = load.i32 v0+80 region 1 readonly  @54
;;     v5 = icmp.eq v3, v4  @54
;;     v6 = iconst.i32 1  @54
;;     br_if v5, block1(v6), block2  @54
;; block2 cold:
;;     v7 = uextend.i64 v3  @54
;;     v8 = uextend.i64 v4  @54
;;     v9 = load.i64 v0+16 region 1 readonly  @54
;;     v10 = load.i64 v9+216 region 1 readonly  @54
;;     v11 = call_indirect sig0, v10(v0, v7, v8)  @54
;;     v12 = ireduce.i32 v11  @54
;;     jump block1(v12)  @54
;; block1(v2: i32):
;;     trapz v2, 14  @54
;;     return v1  @57
;; }
;; function 2(i64 context, i32) precast {
;;     sig0 = (i64 context, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64 caller_context) precast
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @5c
;;     v3 = load.i64 v0+72 region 4  @5c
;;     v4 = icmp.uge v2, v3  @5c
;;     v5 = load.i64 v0+64 region 4  @5c
;;     v6 = iconst.i64 3  @5c
;;     v7 = ishl.i64 v2, v6  @5c
;;     v8 = iadd.i64 v5, v7  @5c
;;     v9 = iconst.i64 0  @5c
;;     v10 = select_guard.i64 v4, v9, v8  @5c
;;     v11 = load.i64 v10 region 27 trap 4  @5c
;;     v12 = load.i32 v11+16 region 5 trap 5 readonly  @5c
;;     v13 = load.i32 v0+80 region 1 readonly  @5c
;;     v14 = icmp.ne v12, v13  @5c
;;     br_if v14, block1, block2  @5c
;; block1 cold:
;;     v15 = uextend.i64 v12  @5c
;;     v16 = uextend.i64 v13  @5c
;;     v17 = load.i64 v0+16 region 1 readonly  @5c
;;     v18 = load.i64 v17+216 region 1 readonly  @5c
;;     v19 = call_indirect sig0, v18(v0, v15, v16)  @5c
;;     trapz v19, 6  @5c
;;     jump block2  @5c
;; block2:
;;     v20 = load.i64 v11 region 5 trap 5 readonly  @5c
;;     v21 = load.i64 v11+8 region 5 trap 5 readonly  @5c
;;     call_indirect sig1, v20(v21, v0)  @5c
;;     return  @5f
;; }
;; function 3(i64 context, i64) -> i32 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 1  @67
;;     v3 = band.i64 v1, v2  @67
;;     v4 = iconst.i64 1  @67
;;     v5 = icmp.eq v3, v4  @67
;;     br_if v5, block1(v1), block2  @67
;; block2:
;;     v7 = iconst.i32 0  @6e
;;     return v7  @70
;; block1(v6: i64):
;;     v8 = ireduce.i32 v6  @72
;;     v9 = iconst.i32 1  @72
;;     v10 = sshr.i32 v8, v9  @72
;;     return v10  @74
;; }
;; function 4(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 1  @79
;;     v3 = ishl.i32 v1, v2  @79
;;     v4 = iconst.i32 1  @79
;;     v5 = bor.i32 v3, v4  @79
;;     v6 = uextend.i64 v5  @79
;;     v7 = iconst.i32 1  @7b
;;     return v7  @7e
;; }
;; function 5(i64 context, i64 caller_context) precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 16 align 16
;; block0(v0: i64, v1: i64):
;;     v2 = stack_addr.i64 ss0
;;     v3 = load.i64 v1+8 region 1 readonly
;;     v4 = frame_pointer.i64
;;     v5 = load.i64 v4+8 region 3
;;     store.i64 v5, v3+48 region 2
;;     v6 = load.i64 v4 region 3
;;     store.i64 v6, v3+56 region 2
;;     v7 = load.i64 v0 region 1 readonly
;;     v8 = load.i64 v0+8 region 1 readonly
;;     v9 = call_indirect sig0, v7(v8, v1, v2)
;;     v10 = iconst.i64 0
;;     v11 = icmp.ne v9, v10
;;     br_if v11, block1, block2
;; block1 cold:
;;     v12 = iconst.i64 255
;;     v13 = load.i64 v1+16 region 1 readonly
;;     v14 = load.i64 v13 region 1 readonly
;;     call_indirect sig1, v14(v1, v12)
;;     trap 1
;; block2:
;;     return
;; }
