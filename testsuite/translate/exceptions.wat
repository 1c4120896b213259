;; Calls in a try_table end their block and name the handlers around them, innermost first; a throw that a handler of the function is
;; certain to take is a branch; others make the exception, fill it and call the builtin. Tail calls have no handlers.
(module
  (import "m" "t" (tag $t (param i32 f64)))
  (import "m" "u" (tag $u (param i32 f64)))
  (import "m" "f" (func $f (param i32)))
  (tag $own (param i64))
  (func $throw (param i32)
    (throw $t (local.get 0) (f64.const 1)))
  (func $caught (param i64) (result i64)
    (block $h (result i64)
      (block $all
        (try_table (catch $own $h) (catch_all $all)
          (throw $own (local.get 0))))
      (unreachable)))
  (func $nested (param i32) (result i32 f64)
    (block $h (result i32 f64)
      (block $all (result exnref)
        (try_table (catch $t $h)
          (try_table (catch_all_ref $all)
            (local.set 0 (i32.const 2))
            (call $throw (local.get 0)))
          (call $f (local.get 0)))
        (return_call $nested (local.get 0)))
      (throw_ref)))
  (func $imported (param i32) (result i32 f64)
    (block $h (result i32 f64)
      (try_table (result i32 f64) (catch $t $h)
        (throw $u (local.get 0) (f64.const 2))))))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 1e 06 60 02 7f 7c 00
;; 60 01 7f 00 60 01 7e 00  60 01 7e 01 7e 60 01 7f
;; 02 7f 7c 60 00 02 7f 7c  02 15 03 01 6d 01 74 04
;; 00 00 01 6d 01 75 04 00  00 01 6d 01 66 00 01 03
;; 05 04 01 03 04 04 0d 03  01 00 02 0a 69 04 0f 00
;; 20 00 44 00 00 00 00 00  00 f0 3f 08 00 0b 16 00
;; 02 7e 02 40 1f 40 02 00  02 01 02 00 20 00 08 02
;; 0b 0b 00 0b 0b 26 00 02  05 02 69 1f 40 01 00 00
;; 01 1f 40 01 03 01 41 02  21 00 20 00 10 01 0b 20
;; 00 10 00 0b 20 00 12 03  0b 0a 0b 0b 19 00 02 05
;; 1f 05 01 00 00 00 20 00  44 00 00 00 00 00 00 00
;; 40 08 01 0b 0b 0b 00 56  04 6e 61 6d 65 01 25 05
;; 00 01 66 01 05 74 68 72  6f 77 02 06 63 61 75 67
;; 68 74 03 06 6e 65 73 74  65 64 04 08 69 6d 70 6f
;; 72 74 65 64 03 1a 03 02  02 00 01 68 01 03 61 6c
;; 6c 03 02 00 01 68 01 03  61 6c 6c 04 01 00 01 68
;; 0b 0c 03 00 01 74 01 01  75 02 03 6f 77 6e
;; ir:
;; function 0(i64 context, i32) precast {
;;     sig0 = (i64 context, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     sig2 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32):
;;     v2 = f64const 1.0  @52
;;     v3 = load.i64 v0+80 region 1 readonly  @5b
;;     v4 = load.i64 v0+16 region 1 readonly  @5b
;;     v5 = load.i64 v4+224 region 1 readonly  @5b
;;     v6 = call_indirect sig0, v5(v0, v3)  @5b
;;     v7 = iconst.i64 0  @5b
;;     v8 = icmp.slt v6, v7  @5b
;;     br_if v8, block1, block2  @5b
;; block1 cold:
;;     v9 = iconst.i64 255  @5b
;;     v10 = load.i64 v0+16 region 1 readonly  @5b
;;     v11 = load.i64 v10 region 1 readonly  @5b
;;     call_indirect sig1, v11(v0, v9)  @5b
;;     trap 1  @5b
;; block2 cold:
;;     store.i32 v1, v6+48 region 7  @5b
;;     store.f64 v2, v6+64 region 7  @5b
;;     v12 = load.i64 v0+16 region 1 readonly  @5b
;;     v13 = load.i64 v12+208 region 1 readonly  @5b
;;     call_indirect sig2, v13(v0, v6)  @5b
;;     trap 1  @5b
;; }
;; function 1(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     jump block3(v1)  @6e
;; block3(v4: i64):
;;     return v4  @74
;; }
;; function 2(i64 context, i32) -> i32, f64 precast {
;;     sig0 = (i64 context, i32) precast
;;     sig1 = (i64 context, i32, i64 caller_context) precast
;;     sig2 = (i64 context, i32) -> i32, f64 precast
;;     sig3 = (i64 context, i64) system_v
;;     fn0 = function 0 sig0
;;     fn1 = function 2 sig2
;; block0(v0: i64, v1: i32):
;;     v4 = iconst.i32 2  @86
;;     v5 = try_call fn0(v0, v4), block3, [all rethrown block2(v5)]  @8c
;; block3:
;;     jump block4  @8e
;; block2(v3: i64) cold:
;;     jump block5(v3)  @8e
;; block4:
;;     v7 = load.i64 v0+64 region 1 readonly  @91
;;     v8 = load.i64 v0+72 region 1 readonly  @91
;;     v9 = try_call_indirect sig1, v7(v8, v4, v0), block6, [tag 0 block1(v9)]  @91
;; block6:
;;     jump block7  @93
;; block1(v2: i64) cold:
;;     v10 = load.i32 v2+48 region 7  @93
;;     v11 = load.f64 v2+64 region 7  @93
;;     jump block8(v10, v11)  @93
;; block7:
;;     return_call fn1(v0, v4)  @96
;; block5(v6: i64) cold:
;;     trapz v6, 21  @99
;;     v14 = load.i64 v0+16 region 1 readonly  @99
;;     v15 = load.i64 v14+208 region 1 readonly  @99
;;     call_indirect sig3, v15(v0, v6)  @99
;;     trap 1  @99
;; block8(v12: i32, v13: f64):
;;     return v12, v13  @9b
;; }
;; function 3(i64 context, i32) -> i32, f64 precast {
;;     sig0 = (i64 context, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     sig2 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32):
;;     v3 = f64const 2.0  @a8
;;     v4 = load.i64 v0+88 region 1 readonly  @b1
;;     v5 = load.i64 v0+16 region 1 readonly  @b1
;;     v6 = load.i64 v5+224 region 1 readonly  @b1
;;     v7 = call_indirect sig0, v6(v0, v4)  @b1
;;     v8 = iconst.i64 0  @b1
;;     v9 = icmp.slt v7, v8  @b1
;;     br_if v9, block2, block3  @b1
;; block2 cold:
;;     v10 = iconst.i64 255  @b1
;;     v11 = load.i64 v0+16 region 1 readonly  @b1
;;     v12 = load.i64 v11 region 1 readonly  @b1
;;     call_indirect sig1, v12(v0, v10)  @b1
;;     trap 1  @b1
;; block3:
;;     store.i32 v1, v7+48 region 7  @b1
;;     store.f64 v3, v7+64 region 7  @b1
;;     v13 = load.i64 v0+16 region 1 readonly  @b1
;;     v14 = load.i64 v13+208 region 1 readonly  @b1
;;     v15 = try_call_indirect sig2, v14(v0, v7), block4, [tag 0 block1(v15)]  @b1
;; block4 cold:
;;     trap 1  @b1
;; block1(v2: i64) cold:
;;     v16 = load.i32 v2+48 region 7  @b3
;;     v17 = load.f64 v2+64 region 7  @b3
;;     jump block5(v16, v17)  @b3
;; block5(v18: i32, v19: f64):
;;     return v18, v19  @b5
;; }
;; function 4(i64 context, i32, i64 caller_context) precast {
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
;;     return
;; }
