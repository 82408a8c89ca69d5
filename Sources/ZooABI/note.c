#include "zoo_abi.h"

/* SwiftPM links this object into every plugin written with the Swift SDK. */
ZOO_PLUGIN_NOTE("zoo-plugin 1.1");
