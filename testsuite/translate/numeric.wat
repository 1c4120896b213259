;; One of each shape.
(module
  (func (param i32 i64 f32 f64) (result i64)
    local.get 0
    i32.clz
    local.get 0
    i32.extend8_s
    i32.rotl
    i64.extend_i32_u
    local.get 1
    i64.extend32_s
    i64.sub
    local.get 2
    f64.promote_f32
    local.get 3
    f64.max
    i64.trunc_f64_s
    i64.add
    local.get 2
    i32.trunc_sat_f32_u
    local.get 2
    i32.reinterpret_f32
    local.get 3
    f64.const 0x1p-3
    f64.le
    select
    i64.extend_i32_s
    i64.xor
    local.get 1
    i64.eqz
    i64.extend_i32_u
    i64.div_s
    local.get 0
    f32.convert_i32_u
    f32.const nan:0x200001
    f32.copysign
    i32.reinterpret_f32
    i64.extend_i32_u
    i64.rem_u))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 09 01 60 04 7f 7e 7d
;; 7c 01 7e 03 02 01 00 0a  3f 01 3d 00 20 00 67 20
;; 00 c0 77 ad 20 01 c4 7d  20 02 bb 20 03 a5 b0 7c
;; 20 02 fc 01 20 02 bc 20  03 44 00 00 00 00 00 00
;; c0 3f 65 1b ac 85 20 01  50 ad 7f 20 00 b3 43 01
;; 00 a0 7f 98 bc ad 82 0b
;; ir:
