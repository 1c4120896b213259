;; What the host calls, and what calls the host: one each per type, structurally.
(module
  (type $unused (func (param f32)))
  (import "m" "f" (func $f (param i32 f32) (result f64 i32)))
  (import "m" "g" (func $g))
  (import "m" "h" (func $h (param i32 f32) (result f64 i32)))
  (func (export "e") (param i64 f32 i32) (result f32 i64 i32)
    local.get 1
    local.get 0
    local.get 2)
  (export "g" (func $g)))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 18 04 60 01 7d 00 60
;; 02 7f 7d 02 7c 7f 60 00  00 60 03 7e 7d 7f 03 7d
;; 7e 7f 02 13 03 01 6d 01  66 00 01 01 6d 01 67 00
;; 02 01 6d 01 68 00 01 03  02 01 03 07 09 02 01 65
;; 00 03 01 67 00 01 0a 0a  01 08 00 20 01 20 00 20
;; 02 0b 00 1c 04 6e 61 6d  65 01 0a 03 00 01 66 01
;; 01 67 02 01 68 04 09 01  00 06 75 6e 75 73 65 64
;; ir:
;; function 0(i64 context, i64, f32, i32) -> f32, i64, i32 precast {
;; block0(v0: i64, v1: i64, v2: f32, v3: i32):
;;     return v2, v1, v3  @51
;; }
;; function 1(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     call_indirect sig0, v1(v0, v0)
;;     return
;; }
;; function 2(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64, f32, i32, i64 caller_context) -> f32, i64, i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i64 v2 region 7
;;     v4 = load.f32 v2+16 region 7
;;     v5 = load.i32 v2+32 region 7
;;     v6, v7, v8 = call_indirect sig0, v1(v0, v3, v4, v5, v0)
;;     v9 = bitcast.i32 v6
;;     v10 = uextend.i64 v9
;;     store.i64 v10, v2 region 7
;;     v11 = iconst.i64 0
;;     store.i64 v11, v2+8 region 7
;;     store.i64 v7, v2+16 region 7
;;     v12 = iconst.i64 0
;;     store.i64 v12, v2+24 region 7
;;     v13 = uextend.i64 v8
;;     store.i64 v13, v2+32 region 7
;;     v14 = iconst.i64 0
;;     store.i64 v14, v2+40 region 7
;;     return
;; }
;; function 3(i64 context, i32, f32, i64 caller_context) -> f64, i32 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 32 align 16
;; block0(v0: i64, v1: i32, v2: f32, v3: i64):
;;     v4 = stack_addr.i64 ss0
;;     v5 = uextend.i64 v1
;;     store.i64 v5, v4 region 7
;;     v6 = bitcast.i32 v2
;;     v7 = uextend.i64 v6
;;     store.i64 v7, v4+16 region 7
;;     v8 = load.i64 v3+8 region 1 readonly
;;     v9 = frame_pointer.i64
;;     v10 = load.i64 v9+8 region 3
;;     store.i64 v10, v8+48 region 2
;;     v11 = load.i64 v9 region 3
;;     store.i64 v11, v8+56 region 2
;;     v12 = load.i64 v0 region 1 readonly
;;     v13 = load.i64 v0+8 region 1 readonly
;;     v14 = call_indirect sig0, v12(v13, v3, v4)
;;     v15 = iconst.i64 0
;;     v16 = icmp.ne v14, v15
;;     br_if v16, block1, block2
;; block1 cold:
;;     v17 = iconst.i64 255
;;     v18 = load.i64 v3+16 region 1 readonly
;;     v19 = load.i64 v18 region 1 readonly
;;     call_indirect sig1, v19(v3, v17)
;;     trap 1
;; block2:
;;     v20 = load.f64 v4 region 7
;;     v21 = load.i32 v4+16 region 7
;;     return v20, v21
;; }
;; function 4(i64 context, i64 caller_context) precast {
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
