(module
  (type (;0;) (func (param i32 i32 i32 i32 i32)))
  (memory (;0;) 2)
  (global (;0;) (mut i32) i32.const 66560)
  (export "memory" (memory 0))
  (export "merge" (func 0))
  (func (;0;) (type 0) (param i32 i32 i32 i32 i32)
    (local i32 i32 i32 i32)
    block
      local.get 2
      local.get 3
      i32.ge_u
      br_if 0
      local.get 3
      local.get 4
      i32.ge_u
      br_if 0
      local.get 1
      local.get 2
      i32.const 2
      i32.shl
      i32.add
      local.set 1
      local.get 3
      local.set 5
      loop
        local.get 1
        local.get 0
        local.get 5
        i32.const 2
        i32.shl
        i32.add
        i32.load
        local.tee 6
        local.get 0
        local.get 2
        i32.const 2
        i32.shl
        i32.add
        i32.load
        local.tee 7
        local.get 6
        local.get 7
        i32.lt_s
        local.tee 8
        select
        i32.store
        local.get 2
        local.get 6
        local.get 7
        i32.ge_s
        i32.add
        local.tee 2
        local.get 3
        i32.ge_u
        br_if 1
        local.get 1
        i32.const 4
        i32.add
        local.set 1
        local.get 5
        local.get 8
        i32.add
        local.tee 5
        local.get 4
        i32.lt_u
        br_if 0
      end
    end))
