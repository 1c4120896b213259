;; Typed references: a known function is called directly, a null one faults when something is loaded through it.
(module
  (type $f (func (param i32) (result i32)))
  (elem declare func $g)
  (func $g (type $f)
    local.get 0)
  (func (param (ref null $f) i32) (result i32)
    local.get 1
    local.get 0
    call_ref $f)
  (func (param i32) (result i32)
    local.get 0
    ref.func $g
    return_call_ref $f)
  (func (param (ref null $f) i32) (result i32)
    block $null
      local.get 1
      local.get 0
      br_on_null 1
      call_ref $f
      return
    end
    i32.const -1)
  (func (param (ref null $f)) (result (ref $f))
    block $l (result (ref $f))
      local.get 0
      br_on_non_null $l
      ref.func $g
    end
    ref.as_non_null))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 14 03 60 01 7f 01 7f
;; 60 02 63 00 7f 01 7f 60  01 63 00 01 64 00 03 06
;; 05 00 01 00 01 02 09 05  01 03 00 01 00 0a 37 05
;; 04 00 20 00 0b 08 00 20  01 20 00 14 00 0b 08 00
;; 20 00 d2 00 15 00 0b 10  00 02 40 20 01 20 00 d5
;; 01 14 00 0f 0b 41 7f 0b  0d 00 02 64 00 20 00 d6
;; 00 d2 00 0b d4 0b 00 21  04 6e 61 6d 65 01 04 01
;; 00 01 67 03 0e 02 03 01  00 04 6e 75 6c 6c 04 01
;; 00 01 6c 04 04 01 00 01  66
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     return v1  @34
;; }
;; function 1(i64 context, i64, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i32):
;;     v3 = load.i64 v1 region 5 trap 12 readonly  @3b
;;     v4 = load.i64 v1+8 region 5 trap 12 readonly  @3b
;;     v5 = call_indirect sig0, v3(v4, v2, v0)  @3b
;;     return v5  @3d
;; }
;; function 2(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i32) -> i32 precast
;;     fn0 = function 0 sig0
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i64 80  @42
;;     v3 = iadd.i64 v0, v2  @42
;;     return_call fn0(v0, v1)  @44
;; }
;; function 3(i64 context, i64, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i32):
;;     v3 = iconst.i64 0  @4f
;;     v4 = icmp.eq v1, v3  @4f
;;     br_if v4, block1(v2), block2  @4f
;; block2:
;;     v6 = load.i64 v1 region 5 trap 12 readonly  @51
;;     v7 = load.i64 v1+8 region 5 trap 12 readonly  @51
;;     v8 = call_indirect sig0, v6(v7, v2, v0)  @51
;;     return v8  @53
;; block1(v5: i32):
;;     return v5  @53
;; }
;; function 4(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 0  @5f
;;     v3 = icmp.ne v1, v2  @5f
;;     br_if v3, block1(v1), block2  @5f
;; block2:
;;     v5 = iconst.i64 80  @61
;;     v6 = iadd.i64 v0, v5  @61
;;     jump block1(v6)  @63
;; block1(v4: i64):
;;     return v4  @65
;; }
;; function 5(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     v5 = uextend.i64 v4
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
