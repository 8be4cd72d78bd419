/* Products of bytes for any processor. */
#include <string.h>

#include "column_proof/bytes.h"
#include "column_proof/bytes_residues.inc.h"
#define BYTES_TABLE fr_bytes_portable
#define BYTES_NAME "portable"
#include "column_proof/bytes_template.h"
