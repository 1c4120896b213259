;; Branches with values, tables of branches, loops with parameters.
(module
  (func (export "switch") (param i32) (result i32)
    block $d (result i32)
      block $c (result i32)
        block $b (result i32)
          i32.const 100
          local.get 0
          br_table $b $c $b $d $c
        end
        i32.const 1
        i32.add
        br $d
      end
      i32.const 2
      i32.add
      br 0
    end)
  (func (export "power") (param i64 i32) (result i64)
    i64.const 1
    loop (param i64) (result i64)
      local.get 1
      i32.eqz
      if (param i64) (result i64)
      else
        local.get 0
        i64.mul
        local.get 1
        i32.const 1
        i32.sub
        local.set 1
        br 1
      end
    end)
  (func $divide (export "divide") (param i32 i32) (result i32 i32)
    local.get 0
    local.get 1
    i32.div_u
    local.get 0
    local.get 1
    i32.rem_u)
  (func (export "nested") (param i32) (result i32) (local i32)
    loop
      loop
        local.get 1
        i32.const 1
        i32.add
        local.tee 1
        i32.const 3
        i32.rem_u
        br_if 0
      end
      local.get 1
      local.get 0
      i32.lt_s
      br_if 0
    end
    local.get 1)
  (func (export "select") (param i32) (result i32)
    i32.const 11
    i32.const 22
    local.get 0
    select)
  (func (export "unreachable") (param i32) (result i32)
    local.get 0
    if
      unreachable
    end
    i32.const 7))
;; run: switch(0) = 101
;; run: switch(1) = 102
;; run: switch(2) = 101
;; run: switch(3) = 100
;; run: switch(4) = 102
;; run: switch(99) = 102
;; run: power(3, 13) = 1594323
;; run: power(3, 0) = 1
;; run: divide(47, 5) = 9, 2
;; run: divide(1, 0) trap 7
;; run: nested(10) = 12
;; run: select(0) = 22
;; run: select(5) = 11
;; run: unreachable(0) = 7
;; run: unreachable(1) trap 1
;; binary:
;; 00 61 73 6d 01 00 00 00  01 18 04 60 01 7f 01 7f
;; 60 02 7e 7f 01 7e 60 01  7e 01 7e 60 02 7f 7f 02
;; 7f 7f 03 07 06 00 01 03  00 00 00 07 3b 06 06 73
;; 77 69 74 63 68 00 00 05  70 6f 77 65 72 00 01 06
;; 64 69 76 69 64 65 00 02  06 6e 65 73 74 65 64 00
;; 03 06 73 65 6c 65 63 74  00 04 0b 75 6e 72 65 61
;; 63 68 61 62 6c 65 00 05  0a 80 01 06 21 00 02 7f
;; 02 7f 02 7f 41 e4 00 20  00 0e 04 00 01 00 02 01
;; 0b 41 01 6a 0c 01 0b 41  02 6a 0c 00 0b 0b 1a 00
;; 42 01 03 02 20 01 45 04  02 05 20 00 7e 20 01 41
;; 01 6b 21 01 0c 01 0b 0b  0b 0c 00 20 00 20 01 6e
;; 20 00 20 01 70 0b 1f 01  01 7f 03 40 03 40 20 01
;; 41 01 6a 22 01 41 03 70  0d 00 0b 20 01 20 00 48
;; 0d 00 0b 20 01 0b 09 00  41 0b 41 16 20 00 1b 0b
;; 0a 00 20 00 04 40 00 0b  41 07 0b 00 1e 04 6e 61
;; 6d 65 01 09 01 02 06 64  69 76 69 64 65 03 0c 01
;; 00 03 00 01 64 01 01 63  02 01 62
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 100  @74
;;     br_table v1, block1, [block2, block1, block2, block3(v2)]  @79
;; block1:
;;     jump block4(v2)  @79
;; block2:
;;     jump block5(v2)  @79
;; block5(v5: i32):
;;     v6 = iconst.i32 1  @81
;;     v7 = iadd.i32 v5, v6  @83
;;     jump block3(v7)  @84
;; block4(v4: i32):
;;     v8 = iconst.i32 2  @87
;;     v9 = iadd.i32 v4, v8  @89
;;     jump block3(v9)  @8a
;; block3(v3: i32):
;;     return v3  @8d
;; }
;; function 1(i64 context, i64, i32) -> i64 precast {
;; block0(v0: i64, v1: i64, v2: i32):
;;     v3 = iconst.i64 1  @90
;;     jump block1(v3, v2)  @92
;; block1(v4: i64, v5: i32):
;;     v6 = iconst.i32 0  @96
;;     v7 = icmp.eq v5, v6  @96
;;     br_if v7, block2, block4  @97
;; block2:
;;     jump block3(v4)  @99
;; block4:
;;     v10 = imul.i64 v4, v1  @9c
;;     v11 = iconst.i32 1  @9f
;;     v12 = isub.i32 v5, v11  @a1
;;     jump block1(v10, v12)  @a4
;; block3(v8: i64):
;;     return v8  @a8
;; }
;; function 2(i64 context, i32, i32) -> i32, i32 precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = udiv.i32 v1, v2  @af
;;     v4 = urem.i32 v1, v2  @b4
;;     return v3, v4  @b5
;; }
;; function 3(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v11 = iconst.i32 0  @d2
;;     jump block1(v11)  @ba
;; block1(v7: i32):
;;     jump block2(v7)  @bc
;; block2(v2: i32):
;;     v3 = iconst.i32 1  @c0
;;     v4 = iadd.i32 v2, v3  @c2
;;     v5 = iconst.i32 3  @c5
;;     v6 = urem.i32 v4, v5  @c7
;;     br_if v6, block2(v4), block3  @c8
;; block3:
;;     v10 = icmp.slt v4, v1  @cf
;;     br_if v10, block1(v4), block4  @d0
;; block4:
;;     return v4  @d5
;; }
;; function 4(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 11  @d8
;;     v3 = iconst.i32 22  @da
;;     v4 = select.i32 v1, v2, v3  @de
;;     return v4  @df
;; }
;; function 5(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     br_if v1, block1, block2  @e4
;; block1 cold:
;;     trap 1  @e6
;; block2:
;;     v2 = iconst.i32 7  @e8
;;     return v2  @ea
;; }
;; function 6(i64 context, i64, i64) system_v {
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
;; function 7(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64, i32, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i64 v2 region 7
;;     v4 = load.i32 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 8(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i32, i64 caller_context) -> i32, i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i32 v2+16 region 7
;;     v5, v6 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     v7 = uextend.i64 v5
;;     store.i64 v7, v2 region 7
;;     v8 = iconst.i64 0
;;     store.i64 v8, v2+8 region 7
;;     v9 = uextend.i64 v6
;;     store.i64 v9, v2+16 region 7
;;     v10 = iconst.i64 0
;;     store.i64 v10, v2+24 region 7
;;     return
;; }
