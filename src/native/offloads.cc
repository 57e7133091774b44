// Which work an interface leaves to its hardware, asked as ethtool asks (SIOCETHTOOL), and its MTU.
//
//   readOffloads(name) -> { gro, lro, tso, gso, ufo, rxChecksum, txChecksum, mtu }; 1, 0, or -1 when not told
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "bindings.h"

namespace shrike {

namespace {

class Questions {
 public:
  explicit Questions(const std::string& name) : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    name.copy(request_.ifr_name, sizeof request_.ifr_name - 1);
  }
  ~Questions() { ::close(socket_); }

  double ask(uint32_t command) {
    ethtool_value answer{command, 0};
    request_.ifr_data = reinterpret_cast<char*>(&answer);
    if (ioctl(socket_, SIOCETHTOOL, &request_) != 0) return -1;
    return answer.data != 0 ? 1 : 0;
  }

  double flag(uint32_t bit) {
    ethtool_value answer{ETHTOOL_GFLAGS, 0};
    request_.ifr_data = reinterpret_cast<char*>(&answer);
    if (ioctl(socket_, SIOCETHTOOL, &request_) != 0) return -1;
    return (answer.data & bit) != 0 ? 1 : 0;
  }

  double mtu() { return ioctl(socket_, SIOCGIFMTU, &request_) == 0 ? request_.ifr_mtu : -1; }

 private:
  int socket_;
  ifreq request_{};
};

napi_value readOffloads(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  Questions interface(toText(env, given[0]));
  napi_value answer;
  napi_create_object(env, &answer);
  setNumber(env, answer, "gro", interface.ask(ETHTOOL_GGRO));
  setNumber(env, answer, "lro", interface.flag(ETH_FLAG_LRO));
  setNumber(env, answer, "tso", interface.ask(ETHTOOL_GTSO));
  setNumber(env, answer, "gso", interface.ask(ETHTOOL_GGSO));
  setNumber(env, answer, "rxChecksum", interface.ask(ETHTOOL_GRXCSUM));
  setNumber(env, answer, "txChecksum", interface.ask(ETHTOOL_GTXCSUM));
  setNumber(env, answer, "mtu", interface.mtu());
  return answer;
}

}  // namespace

void exportOffloads(napi_env env, napi_value exports) {
  exportFunction(env, exports, "readOffloads", readOffloads);
}

}  // namespace shrike
