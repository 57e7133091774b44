// Entry of the addon. It holds no state of its own, so that every thread can load it.
#include "bindings.h"

NAPI_MODULE_INIT() {
  shrike::exportRing(env, exports);
  shrike::exportOffloads(env, exports);
  shrike::exportForwarder(env, exports);
  shrike::exportDatagrams(env, exports);
  shrike::exportLargePages(env, exports);
#ifdef SHRIKE_HYPERSCAN
  shrike::exportHyperscan(env, exports);
#endif
  return exports;
}
