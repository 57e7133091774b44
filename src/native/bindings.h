// What each part of the addon adds to its exports.
#pragma once
#include "node-values.h"

namespace shrike {

void exportRing(napi_env env, napi_value exports);
void exportOffloads(napi_env env, napi_value exports);
void exportForwarder(napi_env env, napi_value exports);
void exportDatagrams(napi_env env, napi_value exports);
void exportLargePages(napi_env env, napi_value exports);
#ifdef SHRIKE_HYPERSCAN
void exportHyperscan(napi_env env, napi_value exports);
#endif

}  // namespace shrike
