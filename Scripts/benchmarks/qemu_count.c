/* A plugin for qemu's user mode that counts the instructions a program executes. Debian's qemu has plugins, but not
 * their header: what is needed of it is declared here, as qemu 7.2 has it.
 *
 *   Scripts/check/arm64
 *   cc -shared -fPIC -O2 -o build-arm64/count.so Scripts/benchmarks/qemu_count.c
 *   FULLRANK_ISA=neon qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu max -plugin build-arm64/count.so \
 *       build-arm64/programs/profile_instructions columns-1000 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb; /* a block of instructions without a branch */
enum { INLINE_ADD_U64 = 0 };

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*call)(plugin_id, struct qemu_plugin_tb *));
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block, int operation, void *to,
                                                     uint64_t number);
extern void qemu_plugin_register_atexit_cb(plugin_id id, void (*call)(plugin_id, void *), void *context);

int qemu_plugin_version = 1;
static uint64_t instructions;

static void translated(plugin_id id, struct qemu_plugin_tb *block) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, INLINE_ADD_U64, &instructions, qemu_plugin_tb_n_insns(block));
}

static void ended(plugin_id id, void *context) {
    (void)id, (void)context;
    fprintf(stderr, "%" PRIu64 " instructions\n", instructions);
}

int qemu_plugin_install(plugin_id id, const void *info, int count, char **arguments);
int qemu_plugin_install(plugin_id id, const void *info, int count, char **arguments) {
    (void)info, (void)count, (void)arguments;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
