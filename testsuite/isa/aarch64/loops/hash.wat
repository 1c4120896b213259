(module
  (type (;0;) (func (param i32 i32 i64) (result i64)))
  (memory (;0;) 2)
  (global (;0;) (mut i32) i32.const 66560)
  (export "memory" (memory 0))
  (export "hash" (func 0))
  (func (;0;) (type 0) (param i32 i32 i64) (result i64)
    (local i64 i64 i64 i32 i32)
    local.get 2
    i64.const 7046029288634856825
    i64.add
    local.set 3
    local.get 2
    i64.const -4417276706812531889
    i64.add
    local.set 4
    local.get 2
    i64.const 6983438078262162902
    i64.add
    local.set 5
    block
      local.get 1
      i32.const 32
      i32.lt_u
      br_if 0
      i32.const 0
      local.set 6
      loop
        local.get 0
        local.get 6
        i32.add
        local.tee 7
        i64.load align=1
        i64.const -4417276706812531889
        i64.mul
        local.get 5
        i64.add
        i64.const 31
        i64.rotl
        i64.const -7046029288634856825
        i64.mul
        local.set 5
        local.get 7
        i32.const 24
        i32.add
        i64.load align=1
        i64.const -4417276706812531889
        i64.mul
        local.get 3
        i64.add
        i64.const 31
        i64.rotl
        i64.const -7046029288634856825
        i64.mul
        local.set 3
        local.get 7
        i32.const 16
        i32.add
        i64.load align=1
        i64.const -4417276706812531889
        i64.mul
        local.get 2
        i64.add
        i64.const 31
        i64.rotl
        i64.const -7046029288634856825
        i64.mul
        local.set 2
        local.get 7
        i32.const 8
        i32.add
        i64.load align=1
        i64.const -4417276706812531889
        i64.mul
        local.get 4
        i64.add
        i64.const 31
        i64.rotl
        i64.const -7046029288634856825
        i64.mul
        local.set 4
        local.get 6
        i32.const 64
        i32.add
        local.set 7
        local.get 6
        i32.const 32
        i32.add
        local.set 6
        local.get 7
        local.get 1
        i32.le_u
        br_if 0
      end
    end
    local.get 4
    i64.const 7
    i64.rotl
    local.get 5
    i64.const 1
    i64.rotl
    i64.add
    local.get 2
    i64.const 12
    i64.rotl
    i64.add
    local.get 3
    i64.const 18
    i64.rotl
    i64.add))
