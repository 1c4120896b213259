;; Accesses at the edge of a memory, growth, bulk operations.
(module
  (memory 1 3)
  (data (i32.const 65532) "\01\02\83\f4")
  (data $p "abcdef")
  (func (export "load") (param i32) (result i32)
    local.get 0
    i32.load)
  (func (export "load-offset") (param i32) (result i64)
    local.get 0
    i64.load16_s offset=65500)
  (func (export "load-far") (param i32) (result i32)
    local.get 0
    i32.load8_u offset=0xffffffff)
  (func (export "load-constant") (result i32)
    i32.const 65532
    i32.load)
  (func (export "load-constant-outside") (result i32)
    i32.const 65533
    i32.load)
  (func (export "load-8s") (param i32) (result i32)
    local.get 0
    i32.load8_s)
  (func (export "store") (param i32 i64) (result i64)
    local.get 0
    local.get 1
    i64.store offset=4
    local.get 0
    i64.load offset=4)
  (func (export "store-32") (param i32 i64) (result i64)
    local.get 0
    local.get 1
    i64.store32
    local.get 0
    i64.load32_s)
  (func (export "grow") (param i32) (result i32)
    local.get 0
    memory.grow)
  (func (export "size") (result i32)
    memory.size)
  (func (export "fill") (param i32 i32 i32) (result i32)
    local.get 0
    local.get 1
    local.get 2
    memory.fill
    local.get 0
    i32.load8_u)
  (func (export "copy") (param i32 i32 i32) (result i32)
    local.get 0
    local.get 1
    local.get 2
    memory.copy
    local.get 0
    i32.load)
  (func (export "init") (param i32 i32 i32) (result i32)
    local.get 0
    local.get 1
    local.get 2
    memory.init $p
    local.get 0
    i32.load)
  (func (export "drop")
    data.drop $p))
;; run: load(65532) = 0xf4830201
;; run: load(65533) trap 2
;; run: load(-1) trap 2
;; run: load-offset(34) = 0xfffffffffffff483
;; run: load-offset(35) trap 2
;; run: load-offset(-1) trap 2
;; run: load-far(0) trap 2
;; run: load-far(-1) trap 2
;; run: load-constant() = 0xf4830201
;; run: load-constant-outside() trap 2
;; run: load-8s(65534) = 0xffffff83
;; run: store(65524, 0x1122334455667788) = 0x1122334455667788
;; run: store(65525, 1) trap 2
;; run: load(65532) = 0x11223344
;; run: store-32(8, 0x1ffffffff) = 0xffffffffffffffff
;; run: size() = 1
;; run: grow(1) = 1
;; run: size() = 2
;; run: store(65532, 5) = 5
;; run: load(65536) = 5
;; run: grow(2) = 0xffffffff
;; run: grow(1) = 2
;; run: load(196604) = 0
;; run: load(196605) trap 2
;; run: fill(100, 0x1ff, 4) = 255
;; run: fill(196600, 1, 8) = 1
;; run: fill(196600, 1, 9) trap 2
;; run: copy(200, 100, 4) = 0xffffffff
;; run: copy(102, 100, 4) = 0xffffffff
;; run: copy(0, 196608, 0) = 0
;; run: copy(0, 196608, 1) trap 2
;; run: init(300, 1, 4) = 0x65646362
;; run: init(300, 3, 4) trap 2
;; run: drop() =
;; run: init(300, 1, 4) trap 2
;; run: init(300, 0, 0) = 0x65646362
;; binary:
;; 00 61 73 6d 01 00 00 00  01 1f 06 60 01 7f 01 7f
;; 60 01 7f 01 7e 60 00 01  7f 60 02 7f 7e 01 7e 60
;; 03 7f 7f 7f 01 7f 60 00  00 03 0f 0e 00 01 00 02
;; 02 00 03 03 00 02 04 04  04 05 05 04 01 01 01 03
;; 07 90 01 0e 04 6c 6f 61  64 00 00 0b 6c 6f 61 64
;; 2d 6f 66 66 73 65 74 00  01 08 6c 6f 61 64 2d 66
;; 61 72 00 02 0d 6c 6f 61  64 2d 63 6f 6e 73 74 61
;; 6e 74 00 03 15 6c 6f 61  64 2d 63 6f 6e 73 74 61
;; 6e 74 2d 6f 75 74 73 69  64 65 00 04 07 6c 6f 61
;; 64 2d 38 73 00 05 05 73  74 6f 72 65 00 06 08 73
;; 74 6f 72 65 2d 33 32 00  07 04 67 72 6f 77 00 08
;; 04 73 69 7a 65 00 09 04  66 69 6c 6c 00 0a 04 63
;; 6f 70 79 00 0b 04 69 6e  69 74 00 0c 04 64 72 6f
;; 70 00 0d 0c 01 02 0a a0  01 0e 07 00 20 00 28 02
;; 00 0b 09 00 20 00 32 01  dc ff 03 0b 0b 00 20 00
;; 2d 00 ff ff ff ff 0f 0b  09 00 41 fc ff 03 28 02
;; 00 0b 09 00 41 fd ff 03  28 02 00 0b 07 00 20 00
;; 2c 00 00 0b 0e 00 20 00  20 01 37 03 04 20 00 29
;; 03 04 0b 0e 00 20 00 20  01 3e 02 00 20 00 34 02
;; 00 0b 06 00 20 00 40 00  0b 04 00 3f 00 0b 10 00
;; 20 00 20 01 20 02 fc 0b  00 20 00 2d 00 00 0b 11
;; 00 20 00 20 01 20 02 fc  0a 00 00 20 00 28 02 00
;; 0b 11 00 20 00 20 01 20  02 fc 08 01 00 20 00 28
;; 02 00 0b 05 00 fc 09 01  0b 0b 14 02 00 41 fc ff
;; 03 0b 04 01 02 83 f4 01  06 61 62 63 64 65 66 00
;; 0b 04 6e 61 6d 65 09 04  01 01 01 70
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = load.i64 v0+64 region 4 readonly  @de
;;     v3 = uextend.i64 v1  @de
;;     v4 = iadd.i64 v2, v3  @de
;;     v5 = load.i32 v4 region 11 trap 2  @de
;;     return v5  @e1
;; }
;; function 1(i64 context, i32) -> i64 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = load.i64 v0+64 region 4 readonly  @e6
;;     v3 = uextend.i64 v1  @e6
;;     v4 = iadd.i64 v2, v3  @e6
;;     v5 = sload16.i64 v4+65500 region 11 trap 2  @e6
;;     return v5  @eb
;; }
;; function 2(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @f0
;;     v3 = load.i64 v0+72 region 4  @f0
;;     v4 = iconst.i64 4294967296  @f0
;;     v5 = iadd.i64 v2, v4  @f0
;;     v6 = icmp.ugt v5, v3  @f0
;;     v7 = load.i64 v0+64 region 4 readonly  @f0
;;     v8 = iadd.i64 v7, v2  @f0
;;     v9 = iconst.i64 4294967295  @f0
;;     v10 = iadd.i64 v8, v9  @f0
;;     v11 = iconst.i64 0  @f0
;;     v12 = select_guard.i64 v6, v11, v10  @f0
;;     v13 = uload8.i32 v12 region 11 trap 2  @f0
;;     return v13  @f7
;; }
;; function 3(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = iconst.i32 65532  @fa
;;     v2 = load.i64 v0+64 region 4 readonly  @fe
;;     v3 = load.i32 v2+65532 region 11  @fe
;;     return v3  @101
;; }
;; function 4(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = iconst.i32 65533  @104
;;     v2 = load.i64 v0+64 region 4 readonly  @108
;;     v3 = iconst.i64 65533  @108
;;     v4 = iadd.i64 v2, v3  @108
;;     v5 = load.i32 v4 region 11 trap 2  @108
;;     return v5  @10b
;; }
;; function 5(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = load.i64 v0+64 region 4 readonly  @110
;;     v3 = uextend.i64 v1  @110
;;     v4 = iadd.i64 v2, v3  @110
;;     v5 = sload8.i32 v4 region 11 trap 2  @110
;;     return v5  @113
;; }
;; function 6(i64 context, i32, i64) -> i64 precast {
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = load.i64 v0+64 region 4 readonly  @11a
;;     v4 = uextend.i64 v1  @11a
;;     v5 = iadd.i64 v3, v4  @11a
;;     store.i64 v2, v5+4 region 11 trap 2  @11a
;;     v6 = load.i64 v5+4 region 11 trap 2  @11f
;;     return v6  @122
;; }
;; function 7(i64 context, i32, i64) -> i64 precast {
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = load.i64 v0+64 region 4 readonly  @129
;;     v4 = uextend.i64 v1  @129
;;     v5 = iadd.i64 v3, v4  @129
;;     store32.i64 v2, v5 region 11 trap 2  @129
;;     v6 = sload32.i64 v5 region 11 trap 2  @12e
;;     return v6  @131
;; }
;; function 8(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64) -> i64 system_v
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @136
;;     v3 = iconst.i64 0  @136
;;     v4 = load.i64 v0+16 region 1 readonly  @136
;;     v5 = load.i64 v4+8 region 1 readonly  @136
;;     v6 = call_indirect sig0, v5(v0, v3, v2)  @136
;;     v7 = ireduce.i32 v6  @136
;;     return v7  @138
;; }
;; function 9(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = iconst.i64 16  @13b
;;     v2 = load.i64 v0+72 region 4  @13b
;;     v3 = ushr.i64 v2, v1  @13b
;;     v4 = ireduce.i32 v3  @13b
;;     return v4  @13d
;; }
;; function 10(i64 context, i32, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32, v2: i32, v3: i32):
;;     v4 = uextend.i64 v1  @146
;;     v5 = uextend.i64 v2  @146
;;     v6 = uextend.i64 v3  @146
;;     v7 = iconst.i64 0  @146
;;     v8 = load.i64 v0+16 region 1 readonly  @146
;;     v9 = load.i64 v8+24 region 1 readonly  @146
;;     v10 = call_indirect sig0, v9(v0, v7, v4, v5, v6)  @146
;;     v11 = iconst.i64 0  @146
;;     v12 = icmp.slt v10, v11  @146
;;     br_if v12, block1, block2  @146
;; block1 cold:
;;     v13 = iconst.i64 255  @146
;;     v14 = load.i64 v0+16 region 1 readonly  @146
;;     v15 = load.i64 v14 region 1 readonly  @146
;;     call_indirect sig1, v15(v0, v13)  @146
;;     trap 1  @146
;; block2:
;;     v16 = load.i64 v0+64 region 4 readonly  @14b
;;     v17 = uextend.i64 v1  @14b
;;     v18 = iadd.i64 v16, v17  @14b
;;     v19 = uload8.i32 v18 region 11 trap 2  @14b
;;     return v19  @14e
;; }
;; function 11(i64 context, i32, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32, v2: i32, v3: i32):
;;     v4 = uextend.i64 v1  @157
;;     v5 = uextend.i64 v2  @157
;;     v6 = uextend.i64 v3  @157
;;     v7 = iconst.i64 0  @157
;;     v8 = iconst.i64 0  @157
;;     v9 = load.i64 v0+16 region 1 readonly  @157
;;     v10 = load.i64 v9+16 region 1 readonly  @157
;;     v11 = call_indirect sig0, v10(v0, v7, v8, v4, v5, v6)  @157
;;     v12 = iconst.i64 0  @157
;;     v13 = icmp.slt v11, v12  @157
;;     br_if v13, block1, block2  @157
;; block1 cold:
;;     v14 = iconst.i64 255  @157
;;     v15 = load.i64 v0+16 region 1 readonly  @157
;;     v16 = load.i64 v15 region 1 readonly  @157
;;     call_indirect sig1, v16(v0, v14)  @157
;;     trap 1  @157
;; block2:
;;     v17 = load.i64 v0+64 region 4 readonly  @15d
;;     v18 = uextend.i64 v1  @15d
;;     v19 = iadd.i64 v17, v18  @15d
;;     v20 = load.i32 v19 region 11 trap 2  @15d
;;     return v20  @160
;; }
;; function 12(i64 context, i32, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32, v2: i32, v3: i32):
;;     v4 = uextend.i64 v1  @169
;;     v5 = uextend.i64 v2  @169
;;     v6 = uextend.i64 v3  @169
;;     v7 = iconst.i64 0  @169
;;     v8 = iconst.i64 1  @169
;;     v9 = load.i64 v0+16 region 1 readonly  @169
;;     v10 = load.i64 v9+32 region 1 readonly  @169
;;     v11 = call_indirect sig0, v10(v0, v7, v8, v4, v5, v6)  @169
;;     v12 = iconst.i64 0  @169
;;     v13 = icmp.slt v11, v12  @169
;;     br_if v13, block1, block2  @169
;; block1 cold:
;;     v14 = iconst.i64 255  @169
;;     v15 = load.i64 v0+16 region 1 readonly  @169
;;     v16 = load.i64 v15 region 1 readonly  @169
;;     call_indirect sig1, v16(v0, v14)  @169
;;     trap 1  @169
;; block2:
;;     v17 = load.i64 v0+64 region 4 readonly  @16f
;;     v18 = uextend.i64 v1  @16f
;;     v19 = iadd.i64 v17, v18  @16f
;;     v20 = load.i32 v19 region 11 trap 2  @16f
;;     return v20  @172
;; }
;; function 13(i64 context) precast {
;;     sig0 = (i64 context, i64) system_v
;; block0(v0: i64):
;;     v1 = iconst.i64 1  @175
;;     v2 = load.i64 v0+16 region 1 readonly  @175
;;     v3 = load.i64 v2+40 region 1 readonly  @175
;;     call_indirect sig0, v3(v0, v1)  @175
;;     return  @178
;; }
;; function 14(i64 context, i64, i64) system_v {
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
;; function 15(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
;; }
;; function 16(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = call_indirect sig0, v1(v0, v0)
;;     v4 = uextend.i64 v3
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
;; }
;; function 17(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i64 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 18(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i32, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i32 v2+16 region 7
;;     v5 = load.i32 v2+32 region 7
;;     v6 = call_indirect sig0, v1(v0, v3, v4, v5, v0)
;;     v7 = uextend.i64 v6
;;     store.i64 v7, v2 region 7
;;     v8 = iconst.i64 0
;;     store.i64 v8, v2+8 region 7
;;     return
;; }
;; function 19(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     call_indirect sig0, v1(v0, v0)
;;     return
;; }
