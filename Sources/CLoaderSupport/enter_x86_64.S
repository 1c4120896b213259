// x86-64: into compiled code and out of it.
#if defined(__x86_64__)
#define CONTEXT_STACK_LIMIT 0
#define CONTEXT_EXIT_PC 48
#define CONTEXT_EXIT_FP 56
#define CONTEXT_ENTRY 64
#define STATE_THREAD 128
#define STATE_STACK_FLOOR 136
#define STATE_STACK_SIZE 144
#define ENTRY_PREVIOUS 0
#define ENTRY_THREAD_PREVIOUS 8
#define ENTRY_FP 16
#define ENTRY_STATE 24
#define ENTRY_EXIT_PC 32
#define ENTRY_EXIT_FP 40
#define ENTRY_RESUME 48
#define ENTRY_SIZE 56
#define RESUME_PC 0
#define RESUME_SP 8
#define RESUME_FP 16
#define RESUME_VALUE 24
#define RESUME_SAVED 32

    .text
    .hidden precast_thread_entry, precast_thread_serial, precast_prepare_thread, precast_record_raise, precast_record_throw

// uint32_t precast_enter(vmctx rdi, code rsi, slots rdx, trampoline rcx, state r8)
    .globl precast_enter
    .type precast_enter,@function
    .p2align 4
precast_enter:
    .cfi_startproc
    endbr64
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset rbp,-16
    movq %rsp,%rbp
    .cfi_def_cfa_register rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    .cfi_offset rbx,-24
    .cfi_offset r12,-32
    .cfi_offset r13,-40
    .cfi_offset r14,-48
    .cfi_offset r15,-56
    subq $ENTRY_SIZE,%rsp
    movq precast_thread_serial@GOTTPOFF(%rip),%rax
    movq %fs:(%rax),%rax
    cmpq STATE_THREAD(%r8),%rax
    jne .Lnew_thread
.Lready:
    movq CONTEXT_ENTRY(%r8),%rax
    movq %rax,ENTRY_PREVIOUS(%rsp)
    testq %rax,%rax
    jnz .Lnested
    movq %rsp,%r9                       // the outermost entry sets the stack limit
    subq STATE_STACK_SIZE(%r8),%r9
    cmpq STATE_STACK_FLOOR(%r8),%r9
    cmovbq STATE_STACK_FLOOR(%r8),%r9
    movq %r9,CONTEXT_STACK_LIMIT(%r8)
.Lnested:
    movq precast_thread_entry@GOTTPOFF(%rip),%rax
    movq %fs:(%rax),%r9
    movq %r9,ENTRY_THREAD_PREVIOUS(%rsp)
    movq CONTEXT_EXIT_PC(%r8),%r10
    movq CONTEXT_EXIT_FP(%r8),%r11
    movq %r10,ENTRY_EXIT_PC(%rsp)
    movq %r11,ENTRY_EXIT_FP(%rsp)
    leaq precast_resume(%rip),%r10
    movq %r10,ENTRY_RESUME(%rsp)
    movq %rbp,ENTRY_FP(%rsp)
    movq %r8,ENTRY_STATE(%rsp)
    movq %rsp,CONTEXT_ENTRY(%r8)
    movq %rsp,%fs:(%rax)                // from here on a fault may resume below
    callq *%rcx
    xorl %eax,%eax
.Lleave:
    movq ENTRY_STATE(%rsp),%r8
    movq ENTRY_PREVIOUS(%rsp),%r9
    movq ENTRY_EXIT_PC(%rsp),%r10
    movq ENTRY_EXIT_FP(%rsp),%r11
    movq %r9,CONTEXT_ENTRY(%r8)
    movq %r10,CONTEXT_EXIT_PC(%r8)
    movq %r11,CONTEXT_EXIT_FP(%r8)
    movq precast_thread_entry@GOTTPOFF(%rip),%r9
    movq ENTRY_THREAD_PREVIOUS(%rsp),%r10
    movq %r10,%fs:(%r9)
.Lreturn:
    addq $ENTRY_SIZE,%rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    .cfi_remember_state
    .cfi_def_cfa rsp,8
    .cfi_restore rbx
    .cfi_restore r12
    .cfi_restore r13
    .cfi_restore r14
    .cfi_restore r15
    .cfi_restore rbp
    ret
    .cfi_restore_state
.Lnew_thread:                           // stack: aligned; keep the arguments across the call
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %r8
    subq $8,%rsp
    movq %r8,%rdi
    callq precast_prepare_thread
    addq $8,%rsp
    popq %r8
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    testl %eax,%eax
    jz .Lready
    movl $2,%eax
    jmp .Lreturn
// A trap arrives here with sp = the entry record and fp = its frame pointer.
    .globl precast_resume
    .hidden precast_resume
precast_resume:
    cld
    movl $1,%eax
    jmp .Lleave
    .cfi_endproc
    .size precast_enter,.-precast_enter

// void precast_raise(vmctx rdi, code rsi): never returns
    .globl precast_raise
    .hidden precast_raise
    .type precast_raise,@function
    .p2align 4
precast_raise:
    .cfi_startproc
    endbr64
    movq (%rsp),%rdx
    movq %rbp,%rcx
    subq $8,%rsp
    .cfi_adjust_cfa_offset 8
    callq precast_record_raise
.Lresume:
    movq %rbx,RESUME_SAVED(%rax)        // for a core dump
    movq %r12,RESUME_SAVED+8(%rax)
    movq %r13,RESUME_SAVED+16(%rax)
    movq %r14,RESUME_SAVED+24(%rax)
    movq %r15,RESUME_SAVED+32(%rax)
    movq RESUME_FP(%rax),%rbp
    movq RESUME_SP(%rax),%rsp
    movq RESUME_PC(%rax),%rcx
    movq RESUME_VALUE(%rax),%rax
    cld
    jmpq *%rcx
    .cfi_endproc
    .size precast_raise,.-precast_raise

// void precast_throw(vmctx rdi, exception rsi): never returns
    .globl precast_throw
    .hidden precast_throw
    .type precast_throw,@function
    .p2align 4
precast_throw:
    .cfi_startproc
    endbr64
    movq (%rsp),%rdx
    movq %rbp,%rcx
    subq $8,%rsp
    .cfi_adjust_cfa_offset 8
    callq precast_record_throw
    jmp .Lresume
    .cfi_endproc
    .size precast_throw,.-precast_throw

    .globl precast_throw_address
    .type precast_throw_address,@function
precast_throw_address:
    .cfi_startproc
    endbr64
    leaq precast_throw(%rip),%rax
    ret
    .cfi_endproc
    .size precast_throw_address,.-precast_throw_address

    .globl precast_raise_address
    .type precast_raise_address,@function
precast_raise_address:
    .cfi_startproc
    endbr64
    leaq precast_raise(%rip),%rax
    ret
    .cfi_endproc
    .size precast_raise_address,.-precast_raise_address
#endif
#if defined(__linux__)
    .section .note.GNU-stack,"",%progbits
#endif
