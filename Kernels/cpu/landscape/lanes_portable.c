/* Combinations of cells side by side, for any processor; NEON on arm64. */
#define VL 2
#define LANES_TABLE fr_lanes_portable
#define LANES_NAME "portable"
#include "landscape/lanes.inc.h"
