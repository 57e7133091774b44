// Opens the socket: interface, options, ring, filter, fan-out. Frames are read in ring-read.cc.
#include "packet-ring.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "capture-filter.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

namespace shrike {

namespace {

constexpr int linkTypeEthernet = 1;
constexpr int linkTypeRaw = 101;
constexpr int hardwareNone = 0xfffe;  // ARPHRD_NONE: tun, WireGuard
constexpr int socketBufferBytes = 64 << 20;

bool setOption(int socket, int name, int value) {
  return setsockopt(socket, SOL_PACKET, name, &value, sizeof value) == 0;
}

}  // namespace

std::string PacketRing::failure(const char* what) const {
  return std::string(what) + " on \"" + options_.interfaceName + "\": " + strerror(errno);
}

std::string PacketRing::open(const RingOptions& options) {
  options_ = options;
  // Protocol 0: nothing arrives before bind.
  socket_ = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) return failure("cannot open a packet socket");
  std::string problem = findInterface();
  if (problem.empty()) problem = configure();
  if (problem.empty()) problem = mapRing();
  if (problem.empty()) problem = attachFilter();
  if (problem.empty()) problem = bind();
  if (!problem.empty()) close();
  return problem;
}

void PacketRing::close() {
  if (map_ != nullptr) munmap(map_, mapBytes_);
  map_ = nullptr;
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

std::string PacketRing::findInterface() {
  ifreq request{};
  if (options_.interfaceName.size() >= sizeof request.ifr_name) {
    errno = ENAMETOOLONG;
    return failure("no interface");
  }
  memcpy(request.ifr_name, options_.interfaceName.c_str(), options_.interfaceName.size());
  if (ioctl(socket_, SIOCGIFINDEX, &request) != 0) return failure("no interface");
  interfaceIndex_ = request.ifr_ifindex;
  if (ioctl(socket_, SIOCGIFHWADDR, &request) != 0) return failure("no hardware type");
  switch (request.ifr_hwaddr.sa_family) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:
      linkType_ = linkTypeEthernet;
      return "";
    case hardwareNone:
    case ARPHRD_PPP:
    case ARPHRD_TUNNEL:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
      linkType_ = linkTypeRaw;
      return "";
    default:
      return "the link layer of \"" + options_.interfaceName + "\" is not known (hardware type " +
             std::to_string(request.ifr_hwaddr.sa_family) + ")";
  }
}

std::string PacketRing::configure() {
  // What hardware was to do is told with each frame; this comes before the ring.
  if (!setOption(socket_, PACKET_VNET_HDR, 1)) return failure("no offload headers");
  const int version = options_.version == 3 ? TPACKET_V3 : TPACKET_V2;
  if (!setOption(socket_, PACKET_VERSION, version)) return failure("no ring of this version");
  if (options_.ignoreOutgoing && !setOption(socket_, PACKET_IGNORE_OUTGOING, 1)) {
    return failure("cannot ignore what is sent (needs Linux 4.20)");
  }
  // Frames that are longer than those of the ring wait in the socket as they are, and are copied once.
  if (options_.version != 3 && !setOption(socket_, PACKET_COPY_THRESH, 1)) {
    return failure("no long frames");
  }
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &socketBufferBytes, sizeof socketBufferBytes);
  // No PACKET_QDISC_BYPASS: it drops segments that the kernel would have to cut first.
  setsockopt(socket_, SOL_SOCKET, SO_SNDBUFFORCE, &socketBufferBytes, sizeof socketBufferBytes);
  return "";
}

std::string PacketRing::mapRing() {
  mapBytes_ = size_t{options_.blockBytes} * options_.blockCount;
  tpacket_req3 request{};
  request.tp_block_size = options_.blockBytes;
  request.tp_block_nr = options_.blockCount;
  request.tp_frame_size = options_.frameBytes;
  framesPerBlock_ = options_.blockBytes / options_.frameBytes;
  request.tp_frame_nr = framesPerBlock_ * options_.blockCount;
  request.tp_retire_blk_tov = options_.retireMs;
  const socklen_t size = options_.version == 3 ? sizeof(tpacket_req3) : sizeof(tpacket_req);
  if (setsockopt(socket_, SOL_PACKET, PACKET_RX_RING, &request, size) != 0) {
    return failure("no memory for the ring");
  }
  void* map = mmap(nullptr, mapBytes_, PROT_READ | PROT_WRITE, MAP_SHARED, socket_, 0);
  if (map == MAP_FAILED) return failure("cannot map the ring");
  map_ = static_cast<uint8_t*>(map);
  return "";
}

std::string PacketRing::attachFilter() {
  if (options_.filter.empty()) return "";
  std::vector<sock_filter> program;
  const int pcapType = linkType_ == linkTypeRaw ? 12 : linkType_;  // DLT_RAW of Linux
  const std::string problem = compileFilter(options_.filter, pcapType, &program);
  if (!problem.empty()) return "filter \"" + options_.filter + "\": " + problem;
  const sock_fprog attached{static_cast<unsigned short>(program.size()), program.data()};
  if (setsockopt(socket_, SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof attached) != 0) {
    return failure("the kernel refuses the filter");
  }
  return "";
}

std::string PacketRing::bind() {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = interfaceIndex_;
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return failure("cannot bind");
  }
  if (options_.promiscuous) {
    packet_mreq request{};
    request.mr_ifindex = interfaceIndex_;
    request.mr_type = PACKET_MR_PROMISC;
    if (setsockopt(socket_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) != 0) {
      return failure("no promiscuous mode");
    }
  }
  if (options_.fanoutGroup < 0) return "";
  // The hash is the same for both directions of a flow; fragments are put together before it.
  const int mode = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
  const int value = (options_.fanoutGroup & 0xffff) | (mode << 16);
  if (!setOption(socket_, PACKET_FANOUT, value)) return failure("cannot share the traffic");
  return "";
}

const RingCounts& PacketRing::counts() {
  tpacket_stats_v3 stats{};
  socklen_t size = options_.version == 3 ? sizeof(tpacket_stats_v3) : sizeof(tpacket_stats);
  if (socket_ >= 0 && getsockopt(socket_, SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0) {
    counts_.packets += stats.tp_packets;
    counts_.kernelDrops += stats.tp_drops;
    if (options_.version == 3) counts_.freezes += stats.tp_freeze_q_cnt;
  }
  return counts_;
}

int PacketRing::takeError() {
  int error = 0;
  socklen_t size = sizeof error;
  if (socket_ < 0) return EBADF;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace shrike
