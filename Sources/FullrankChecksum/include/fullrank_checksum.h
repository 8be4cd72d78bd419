// CRC-32C, the checksum of journal lines and checkpoints.
#ifndef FULLRANK_CHECKSUM_H
#define FULLRANK_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli) as in RFC 3720, appendix B.4: reflected polynomial 0x82f63b78, register and result inverted. It
// finds every error of up to three bits, and every one within 32 bits in a row, in texts of up to 256 MB (Koopman 2002).
// By the processor's own instruction if it has one, which is found out at run time. Any thread may call it.
uint32_t fr_crc32c(const void *bytes, size_t count);

// The same without the processor's instruction: by tables, eight bytes at a time.
uint32_t fr_crc32c_by_tables(const void *bytes, size_t count);

#endif
