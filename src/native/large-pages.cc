// Large pages for memory that is read all over the place, such as the arena: fewer pages to translate.
//
//   adviseLargePages(bytes) -> an errno of the system, 0 for none
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>

#include "bindings.h"

namespace shrike {

namespace {

constexpr uintptr_t pageBytes = 2 * 1024 * 1024;

/** Only whole large pages that lie in [start, start + length). */
int advise(const uint8_t* start, size_t length) {
  const auto from = reinterpret_cast<uintptr_t>(start);
  const uintptr_t first = (from + pageBytes - 1) & ~(pageBytes - 1);
  const uintptr_t last = (from + length) & ~(pageBytes - 1);
  if (first >= last) return 0;
  return madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE) == 0 ? 0 : errno;
}

napi_value adviseLargePages(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  size_t length = 0;
  const uint8_t* start = bytesOf(env, given[0], &length);
  napi_value result;
  napi_create_int32(env, start == nullptr ? EINVAL : advise(start, length), &result);
  return result;
}

}  // namespace

void exportLargePages(napi_env env, napi_value exports) {
  exportFunction(env, exports, "adviseLargePages", adviseLargePages);
}

}  // namespace shrike
