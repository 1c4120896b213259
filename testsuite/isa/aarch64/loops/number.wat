(module
  (type (;0;) (func (param i32) (result i64)))
  (memory (;0;) 2)
  (global (;0;) (mut i32) i32.const 66560)
  (export "memory" (memory 0))
  (export "numbers" (func 0))
  (func (;0;) (type 0) (param i32) (result i64)
    (local i32 i32 i64 i32)
    block
      local.get 0
      i32.load8_u
      local.tee 1
      br_if 0
      i64.const 0
      return
    end
    local.get 0
    i32.const 1
    i32.add
    local.set 2
    i64.const 0
    local.set 3
    i32.const 0
    local.set 4
    loop
      local.get 2
      local.set 0
      block
        block
          local.get 1
          i32.const -48
          i32.add
          i32.const 255
          i32.and
          local.tee 1
          i32.const 9
          i32.gt_u
          br_if 0
          local.get 4
          i32.const 10
          i32.mul
          local.get 1
          i32.add
          local.set 4
          br 1
        end
        block
          local.get 4
          i32.eqz
          br_if 0
          local.get 3
          local.get 4
          i64.extend_i32_u
          i64.add
          local.set 3
        end
        i32.const 0
        local.set 4
      end
      local.get 0
      i32.const 1
      i32.add
      local.set 2
      local.get 0
      i32.load8_u
      local.tee 1
      br_if 0
    end
    local.get 3))
