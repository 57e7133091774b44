// Datagrams to a Unix socket, which Node cannot send. Nothing here waits.
//
//   openDatagrams(path) -> descriptor, or -errno
//   sendDatagram(descriptor, bytes) -> 0 or errno
//   closeDatagrams(descriptor)
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bindings.h"

namespace shrike {

namespace {

int connectTo(const std::string& path) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return -ENAMETOOLONG;
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -errno;
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return descriptor;
  const int error = errno;
  ::close(descriptor);
  return -error;
}

napi_value openDatagrams(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  return numberValue(env, connectTo(toText(env, given[0])));
}

napi_value sendDatagram(napi_env env, napi_callback_info info) {
  const Arguments<2> given(env, info);
  const int descriptor = static_cast<int>(toNumber(env, given[0], -1));
  size_t length = 0;
  const uint8_t* bytes = bytesOf(env, given[1], &length);
  if (bytes == nullptr) return numberValue(env, EINVAL);
  const ssize_t sent = send(descriptor, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  return numberValue(env, sent < 0 ? errno : 0);
}

napi_value closeDatagrams(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  ::close(static_cast<int>(toNumber(env, given[0], -1)));
  return undefinedValue(env);
}

}  // namespace

void exportDatagrams(napi_env env, napi_value exports) {
  exportFunction(env, exports, "openDatagrams", openDatagrams);
  exportFunction(env, exports, "sendDatagram", sendDatagram);
  exportFunction(env, exports, "closeDatagrams", closeDatagrams);
}

}  // namespace shrike
