;; Recursion, loops, arrays: programs whose results are known.
(module
  (memory 1)
  (func $fac (export "fac") (param i64) (result i64)
    local.get 0
    i64.eqz
    if (result i64)
      i64.const 1
    else
      local.get 0
      local.get 0
      i64.const 1
      i64.sub
      call $fac
      i64.mul
    end)
  (func $fib (export "fib") (param i32) (result i32)
    local.get 0
    i32.const 2
    i32.lt_u
    if
      local.get 0
      return
    end
    local.get 0
    i32.const 1
    i32.sub
    call $fib
    local.get 0
    i32.const 2
    i32.sub
    call $fib
    i32.add)
  (func (export "sieve") (param $n i32) (result i32) (local $i i32) (local $j i32) (local $count i32)
    i32.const 2
    local.set $i
    block $done
      loop $next
        local.get $i
        local.get $n
        i32.ge_u
        br_if $done
        local.get $i
        i32.load8_u
        i32.eqz
        if
          local.get $count
          i32.const 1
          i32.add
          local.set $count
          local.get $i
          local.get $i
          i32.mul
          local.set $j
          loop $mark
            local.get $j
            local.get $n
            i32.lt_u
            if
              local.get $j
              i32.const 1
              i32.store8
              local.get $j
              local.get $i
              i32.add
              local.set $j
              br $mark
            end
          end
        end
        local.get $i
        i32.const 1
        i32.add
        local.set $i
        br $next
      end
    end
    local.get $count)
  (func (export "even") (param i64) (result i32)
    local.get 0
    i64.eqz
    if
      i32.const 1
      return
    end
    local.get 0
    i64.const 1
    i64.sub
    return_call $odd)
  (func $odd (param i64) (result i32)
    local.get 0
    i64.eqz
    if
      i32.const 0
      return
    end
    local.get 0
    i64.const 1
    i64.sub
    return_call 3))
;; run: fac(0) = 1
;; run: fac(20) = 2432902008176640000
;; run: fib(15) = 610
;; run: sieve(2000) = 303
;; run: even(5001) = 0
;; run: even(5000) = 1
;; binary:
;; 00 61 73 6d 01 00 00 00  01 10 03 60 01 7e 01 7e
;; 60 01 7f 01 7f 60 01 7e  01 7f 03 06 05 00 01 01
;; 02 02 05 03 01 00 01 07  1c 04 03 66 61 63 00 00
;; 03 66 69 62 00 01 05 73  69 65 76 65 00 02 04 65
;; 76 65 6e 00 03 0a ad 01  05 15 00 20 00 50 04 7e
;; 42 01 05 20 00 20 00 42  01 7d 10 00 7e 0b 0b 1c
;; 00 20 00 41 02 49 04 40  20 00 0f 0b 20 00 41 01
;; 6b 10 01 20 00 41 02 6b  10 01 6a 0b 52 01 03 7f
;; 41 02 21 01 02 40 03 40  20 01 20 00 4f 0d 01 20
;; 01 2d 00 00 45 04 40 20  03 41 01 6a 21 03 20 01
;; 20 01 6c 21 02 03 40 20  02 20 00 49 04 40 20 02
;; 41 01 3a 00 00 20 02 20  01 6a 21 02 0c 01 0b 0b
;; 0b 20 01 41 01 6a 21 01  0c 00 0b 0b 20 03 0b 12
;; 00 20 00 50 04 40 41 01  0f 0b 20 00 42 01 7d 12
;; 04 0b 12 00 20 00 50 04  40 41 00 0f 0b 20 00 42
;; 01 7d 12 03 0b 00 43 04  6e 61 6d 65 01 10 03 00
;; 03 66 61 63 01 03 66 69  62 04 03 6f 64 64 02 13
;; 01 02 04 00 01 6e 01 01  69 02 01 6a 03 05 63 6f
;; 75 6e 74 03 15 01 02 03  00 04 64 6f 6e 65 01 04
;; 6e 65 78 74 03 04 6d 61  72 6b
;; ir:
;; function 0(i64 context, i64) -> i64 precast {
;;     sig0 = (i64 context, i64) -> i64 precast
;;     fn0 = function 0 sig0
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 0  @4d
;;     v3 = icmp.eq v1, v2  @4d
;;     br_if v3, block1, block3  @4e
;; block1:
;;     v5 = iconst.i64 1  @50
;;     jump block2(v5)  @52
;; block3:
;;     v6 = iconst.i64 1  @57
;;     v7 = isub.i64 v1, v6  @59
;;     v8 = call fn0(v0, v7)  @5a
;;     v9 = imul.i64 v1, v8  @5c
;;     jump block2(v9)  @5d
;; block2(v4: i64):
;;     return v4  @5e
;; }
;; function 1(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i32) -> i32 precast
;;     fn0 = function 1 sig0
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 2  @63
;;     v3 = icmp.ult v1, v2  @65
;;     br_if v3, block1, block2  @66
;; block1:
;;     return v1  @6a
;; block2:
;;     v4 = iconst.i32 1  @6e
;;     v5 = isub.i32 v1, v4  @70
;;     v6 = call fn0(v0, v5)  @71
;;     v7 = iconst.i32 2  @75
;;     v8 = isub.i32 v1, v7  @77
;;     v9 = call fn0(v0, v8)  @78
;;     v10 = iadd.i32 v6, v9  @7a
;;     return v10  @7b
;; }
;; function 2(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v29 = iconst.i32 0  @c8
;;     v2 = iconst.i32 2  @80
;;     jump block1(v2, v29)  @86
;; block1(v3: i32, v12: i32):
;;     v5 = icmp.uge v3, v1  @8c
;;     br_if v5, block2, block3  @8d
;; block3:
;;     v6 = load.i64 v0+64 region 4 readonly  @91
;;     v7 = uextend.i64 v3  @91
;;     v8 = iadd.i64 v6, v7  @91
;;     v9 = uload8.i32 v8 region 11 trap 2  @91
;;     v10 = iconst.i32 0  @94
;;     v11 = icmp.eq v9, v10  @94
;;     br_if v11, block4, block5(v12)  @95
;; block4:
;;     v13 = iconst.i32 1  @99
;;     v14 = iadd.i32 v12, v13  @9b
;;     v15 = imul.i32 v3, v3  @a2
;;     jump block6(v15)  @a5
;; block6(v16: i32):
;;     v18 = icmp.ult v16, v1  @ab
;;     br_if v18, block7, block8  @ac
;; block7:
;;     v19 = iconst.i32 1  @b0
;;     v20 = uextend.i64 v16  @b2
;;     v21 = iadd.i64 v6, v20  @b2
;;     store8.i32 v19, v21 region 11 trap 2  @b2
;;     v23 = iadd.i32 v16, v3  @b9
;;     jump block6(v23)  @bc
;; block8:
;;     jump block5(v14)  @c0
;; block5(v28: i32):
;;     v25 = iconst.i32 1  @c3
;;     v26 = iadd.i32 v3, v25  @c5
;;     jump block1(v26, v28)  @c8
;; block2:
;;     return v12  @ce
;; }
;; function 3(i64 context, i64) -> i32 precast {
;;     sig0 = (i64 context, i64) -> i32 precast
;;     fn0 = function 4 sig0
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 0  @d3
;;     v3 = icmp.eq v1, v2  @d3
;;     br_if v3, block1, block2  @d4
;; block1:
;;     v4 = iconst.i32 1  @d6
;;     return v4  @d8
;; block2:
;;     v5 = iconst.i64 1  @dc
;;     v6 = isub.i64 v1, v5  @de
;;     return_call fn0(v0, v6)  @df
;; }
;; function 4(i64 context, i64) -> i32 precast {
;;     sig0 = (i64 context, i64) -> i32 precast
;;     fn0 = function 3 sig0
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 0  @e6
;;     v3 = icmp.eq v1, v2  @e6
;;     br_if v3, block1, block2  @e7
;; block1:
;;     v4 = iconst.i32 0  @e9
;;     return v4  @eb
;; block2:
;;     v5 = iconst.i64 1  @ef
;;     v6 = isub.i64 v1, v5  @f1
;;     return_call fn0(v0, v6)  @f2
;; }
;; function 5(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i64 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
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
;;     sig0 = (i64 context, i64, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i64 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     v5 = uextend.i64 v4
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
