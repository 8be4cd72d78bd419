/* Products of bytes for any processor. */
#include <string.h>

#include "bytes.h"
#include "bytes_residues.inc.h"
#define BYTES_TABLE fr_bytes_portable
#define BYTES_NAME "portable"
#include "bytes_template.h"
