// Plain forwarding between two interfaces in a thread of its own, for the process that watches over the
// engine: traffic goes on while the engine is away. Looks at nothing, drops nothing by choice.
//
//   startForwarder(nameA, nameB) -> handle; throws      stopForwarder(handle) -> frames forwarded
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "bindings.h"
#include "frame.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

namespace shrike {

namespace {

constexpr unsigned batchMax = 32;
constexpr size_t slotBytes = 66 * 1024 + 64;
constexpr size_t frontBytes = 32;  // room for the offload header and a VLAN tag
constexpr int receiveBufferBytes = 32 << 20;
constexpr size_t addressBytes = 12;

int openPort(const std::string& name) {
  const int port = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (port < 0) return -1;
  const int on = 1;
  setsockopt(port, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on);
  setsockopt(port, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  setsockopt(port, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on);
  setsockopt(port, SOL_SOCKET, SO_RCVBUFFORCE, &receiveBufferBytes, sizeof receiveBufferBytes);
  setsockopt(port, SOL_SOCKET, SO_SNDBUFFORCE, &receiveBufferBytes, sizeof receiveBufferBytes);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(name.c_str()));
  packet_mreq promiscuous{};
  promiscuous.mr_ifindex = address.sll_ifindex;
  promiscuous.mr_type = PACKET_MR_PROMISC;
  const bool isOpen =
      address.sll_ifindex != 0 &&
      bind(port, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      setsockopt(port, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) == 0;
  if (isOpen) return port;
  const int reason = errno;
  ::close(port);
  errno = reason;
  return -1;
}

class Forwarder {
 public:
  ~Forwarder() { stop(); }

  std::string start(const std::string& nameA, const std::string& nameB) {
    ports_[0] = openPort(nameA);
    if (ports_[0] < 0) return "cannot forward over \"" + nameA + "\": " + strerror(errno);
    ports_[1] = openPort(nameB);
    if (ports_[1] < 0) return "cannot forward over \"" + nameB + "\": " + strerror(errno);
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    memory_.resize(batchMax * slotBytes);
    thread_ = std::thread([this] { run(); });
    return "";
  }

  double stop() {
    if (thread_.joinable()) {
      const uint64_t one = 1;
      if (write(wake_, &one, sizeof one) != sizeof one) return frames_;
      thread_.join();
    }
    for (int* descriptor : {&ports_[0], &ports_[1], &wake_}) {
      if (*descriptor >= 0) ::close(*descriptor);
      *descriptor = -1;
    }
    return frames_;
  }

 private:
  void run() {
    pollfd watched[3] = {{ports_[0], POLLIN, 0}, {ports_[1], POLLIN, 0}, {wake_, POLLIN, 0}};
    while (poll(watched, 3, -1) >= 0 || errno == EINTR) {
      if ((watched[2].revents & POLLIN) != 0) return;
      forward(ports_[0], ports_[1]);
      forward(ports_[1], ports_[0]);
    }
  }

  void forward(int from, int to) {
    mmsghdr messages[batchMax]{};
    iovec parts[batchMax];
    alignas(cmsghdr) char control[batchMax][CMSG_SPACE(sizeof(tpacket_auxdata))];
    for (unsigned i = 0; i < batchMax; i++) {
      parts[i] = {slot(i) + frontBytes, slotBytes - frontBytes};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_control = control[i];
      messages[i].msg_hdr.msg_controllen = sizeof control[i];
    }
    const int received = recvmmsg(from, messages, batchMax, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < received; i++) {
      uint8_t* start = slot(i) + frontBytes;
      size_t length = messages[i].msg_len;
      restoreTag(messages[i].msg_hdr, &start, &length);
      while (::send(to, start, length, 0) < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
        pollfd waiting[2] = {{to, POLLOUT, 0}, {wake_, POLLIN, 0}};
        poll(waiting, 2, 1);
        if ((waiting[1].revents & POLLIN) != 0) return;
      }
      frames_++;
    }
  }

  static void restoreTag(msghdr& message, uint8_t** start, size_t* length) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
      if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA) continue;
      tpacket_auxdata told;
      memcpy(&told, CMSG_DATA(part), sizeof told);
      if ((told.tp_status & TP_STATUS_VLAN_VALID) == 0) continue;
      const bool hasProtocol = (told.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
      const uint16_t protocol = htons(hasProtocol ? told.tp_vlan_tpid : ETH_P_8021Q);
      const uint16_t tag = htons(told.tp_vlan_tci);
      uint8_t* moved = *start - vlanTagBytes;
      memmove(moved, *start, offloadHeaderBytes + addressBytes);
      memcpy(moved + offloadHeaderBytes + addressBytes, &protocol, 2);
      memcpy(moved + offloadHeaderBytes + addressBytes + 2, &tag, 2);
      shiftChecksum(moved);
      *start = moved;
      *length += vlanTagBytes;
    }
  }

  // The offsets of virtio_net_hdr count from the start of the frame, which now has a tag more.
  static void shiftChecksum(uint8_t* header) {
    uint16_t checksumStart;
    memcpy(&checksumStart, header + 6, 2);
    if ((header[0] & 1) == 0) return;
    checksumStart += vlanTagBytes;
    memcpy(header + 6, &checksumStart, 2);
  }

  uint8_t* slot(unsigned i) { return memory_.data() + i * slotBytes; }

  int ports_[2] = {-1, -1};
  int wake_ = -1;
  double frames_ = 0;
  std::vector<uint8_t> memory_;
  std::thread thread_;
};

napi_value startForwarder(napi_env env, napi_callback_info info) {
  const Arguments<2> given(env, info);
  auto forwarder = std::make_unique<Forwarder>();
  const std::string problem = forwarder->start(toText(env, given[0]), toText(env, given[1]));
  if (!problem.empty()) return throwError(env, problem);
  napi_value handle;
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Forwarder*>(data); };
  napi_create_external(env, forwarder.release(), finalize, nullptr, &handle);
  return handle;
}

napi_value stopForwarder(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  void* data = nullptr;
  if (napi_get_value_external(env, given[0], &data) != napi_ok) return numberValue(env, 0);
  return numberValue(env, static_cast<Forwarder*>(data)->stop());
}

}  // namespace

void exportForwarder(napi_env env, napi_value exports) {
  exportFunction(env, exports, "startForwarder", startForwarder);
  exportFunction(env, exports, "stopForwarder", stopForwarder);
}

}  // namespace shrike
