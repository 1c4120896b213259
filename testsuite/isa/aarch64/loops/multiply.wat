(module
  (type (;0;) (func (param i32 i32 i32 i32)))
  (memory (;0;) 2)
  (global (;0;) (mut i32) i32.const 66560)
  (export "memory" (memory 0))
  (export "multiply" (func 0))
  (func (;0;) (type 0) (param i32 i32 i32 i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64 i32 i32)
    block
      local.get 0
      i32.eqz
      br_if 0
      local.get 0
      i32.const 4
      i32.shl
      local.set 4
      local.get 0
      i32.const 3
      i32.shl
      local.set 5
      local.get 0
      i32.const -2
      i32.and
      local.set 6
      local.get 0
      i32.const 1
      i32.and
      local.set 7
      i32.const 0
      local.set 8
      local.get 1
      local.set 9
      loop
        local.get 3
        local.get 8
        local.get 0
        i32.mul
        i32.const 3
        i32.shl
        local.tee 10
        i32.add
        local.set 11
        local.get 1
        local.get 10
        i32.add
        local.set 12
        local.get 2
        local.set 13
        i32.const 0
        local.set 14
        loop
          f64.const 0.0
          local.set 15
          i32.const 0
          local.set 16
          block
            local.get 0
            i32.const 1
            i32.eq
            br_if 0
            local.get 13
            local.set 10
            local.get 9
            local.set 17
            loop
              local.get 17
              i32.const 8
              i32.add
              f64.load
              local.get 10
              local.get 5
              i32.add
              f64.load
              f64.mul
              local.get 17
              f64.load
              local.get 10
              f64.load
              f64.mul
              local.get 15
              f64.add
              f64.add
              local.set 15
              local.get 10
              local.get 4
              i32.add
              local.set 10
              local.get 17
              i32.const 16
              i32.add
              local.set 17
              local.get 6
              local.get 16
              i32.const 2
              i32.add
              local.tee 16
              i32.ne
              br_if 0
            end
          end
          local.get 14
          i32.const 3
          i32.shl
          local.set 10
          block
            local.get 7
            i32.eqz
            br_if 0
            local.get 12
            local.get 16
            i32.const 3
            i32.shl
            i32.add
            f64.load
            local.get 2
            local.get 10
            i32.add
            local.get 16
            local.get 0
            i32.mul
            i32.const 3
            i32.shl
            i32.add
            f64.load
            f64.mul
            local.get 15
            f64.add
            local.set 15
          end
          local.get 11
          local.get 10
          i32.add
          local.get 15
          f64.store
          local.get 13
          i32.const 8
          i32.add
          local.set 13
          local.get 14
          i32.const 1
          i32.add
          local.tee 14
          local.get 0
          i32.ne
          br_if 0
        end
        local.get 9
        local.get 5
        i32.add
        local.set 9
        local.get 8
        i32.const 1
        i32.add
        local.tee 8
        local.get 0
        i32.ne
        br_if 0
      end
    end))
