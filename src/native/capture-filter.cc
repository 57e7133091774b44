// libpcap is looked up when a filter is asked for, so that nothing needs it to build or to load.
#include "capture-filter.h"

#include <dlfcn.h>

#include <cstring>

namespace shrike {

namespace {

// As in pcap.h, which need not be installed.
struct BpfProgram {
  unsigned int length;
  sock_filter* instructions;
};
using OpenDead = void* (*)(int linkType, int snapLength);
using Compile = int (*)(void* handle, BpfProgram*, const char* text, int optimize, unsigned mask);
using FreeCode = void (*)(BpfProgram*);
using GetError = char* (*)(void* handle);
using Close = void (*)(void* handle);

constexpr int snapLength = 262144;
constexpr unsigned unknownMask = 0xffffffff;

void* openLibrary() {
  for (const char* name : {"libpcap.so.1", "libpcap.so.0.8", "libpcap.so"}) {
    if (void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL)) return library;
  }
  return nullptr;
}

}  // namespace

std::string compileFilter(const std::string& expression, int linkType,
                          std::vector<sock_filter>* program) {
  void* library = openLibrary();
  if (library == nullptr) {
    return "a filter needs libpcap, which is not here: apt-get install libpcap0.8";
  }
  const auto openDead = reinterpret_cast<OpenDead>(dlsym(library, "pcap_open_dead"));
  const auto compile = reinterpret_cast<Compile>(dlsym(library, "pcap_compile"));
  const auto freeCode = reinterpret_cast<FreeCode>(dlsym(library, "pcap_freecode"));
  const auto getError = reinterpret_cast<GetError>(dlsym(library, "pcap_geterr"));
  const auto close = reinterpret_cast<Close>(dlsym(library, "pcap_close"));
  std::string problem;
  if (!openDead || !compile || !freeCode || !getError || !close) {
    problem = "the libpcap of this machine lacks what a filter needs";
  } else if (void* handle = openDead(linkType, snapLength)) {
    BpfProgram compiled{};
    if (compile(handle, &compiled, expression.c_str(), 1, unknownMask) != 0) {
      problem = getError(handle);
    } else {
      program->assign(compiled.instructions, compiled.instructions + compiled.length);
      freeCode(&compiled);
    }
    close(handle);
  } else {
    problem = "libpcap cannot compile a filter for this kind of interface";
  }
  dlclose(library);
  return problem;
}

}  // namespace shrike
