;; Constants are known; mutable globals are loaded and stored, each in its own alias region; imported ones through a pointer.
(module
  (import "m" "a" (global $a i32))
  (import "m" "b" (global $b (mut f64)))
  (global $c i32 (i32.const -5))
  (global $d (mut i64) (i64.const 3))
  (global $e i32 (global.get $a))
  (global $f i32 (i32.add (global.get $c) (i32.const 2)))
  (func (result i32)
    global.get $d
    i64.const 1
    i64.add
    global.set $d
    global.get $b
    f64.sqrt
    global.set $b
    global.get $a
    global.get $c
    i32.add
    global.get $e
    i32.add
    global.get $f
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 05 01 60 00 01 7f 02
;; 0f 02 01 6d 01 61 03 7f  00 01 6d 01 62 03 7c 01
;; 03 02 01 00 06 18 04 7f  00 41 7b 0b 7e 01 42 03
;; 0b 7f 00 23 00 0b 7f 00  23 02 41 02 6a 0b 0a 1b
;; 01 19 00 23 03 42 01 7c  24 03 23 01 9f 24 01 23
;; 00 23 02 6a 23 04 6a 23  05 6a 0b 00 1a 04 6e 61
;; 6d 65 07 13 06 00 01 61  01 01 62 02 01 63 03 01
;; 64 04 01 65 05 01 66
;; ir:
;; function 0(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = load.i64 v0+96 region 60  @43
;;     v2 = iconst.i64 1  @45
;;     v3 = iadd.i64 v1, v2  @47
;;     store.i64 v3, v0+96 region 60  @48
;;     v4 = load.i64 v0+72 region 1 readonly  @4a
;;     v5 = load.f64 v4 region 10  @4a
;;     v6 = fsqrt.f64 v5  @4c
;;     store.f64 v6, v4 region 10  @4d
;;     v7 = load.i64 v0+64 region 1 readonly  @4f
;;     v8 = load.i32 v7 region 10 readonly  @4f
;;     v9 = iconst.i32 -5  @51
;;     v10 = iadd.i32 v8, v9  @53
;;     v11 = load.i32 v0+112 region 61 readonly  @54
;;     v12 = iadd.i32 v10, v11  @56
;;     v13 = iconst.i32 -3  @57
;;     v14 = iadd.i32 v12, v13  @59
;;     return v14  @5a
;; }
