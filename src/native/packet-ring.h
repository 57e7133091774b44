// An AF_PACKET socket with a ring that the kernel fills: version 3 (blocks, for watching) or version 2
// (single frames, for forwarding without delay), and batched sending. Knows nothing of Node.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace shrike {

struct RingOptions {
  std::string interfaceName;
  std::string filter;
  int version = 3;
  uint32_t blockBytes = 1 << 20;
  uint32_t blockCount = 64;
  uint32_t frameBytes = 2048;   // version 2: longer frames come through the socket, whole
  uint32_t retireMs = 10;       // version 3: an unfilled block is handed over after this
  int fanoutGroup = -1;         // -1: the socket is alone
  bool promiscuous = true;
  bool ignoreOutgoing = false;
};

// One row of the table that poll fills.
enum Column { columnStart, columnLength, columnWireLength, columnTimeUs, columnCount };

struct RingCounts {
  double packets = 0;
  double kernelDrops = 0;
  double freezes = 0;
  double truncated = 0;
  double sent = 0;
  double sendFailures = 0;
  double sendRetries = 0;
};

class PacketRing {
 public:
  PacketRing() = default;
  ~PacketRing() { close(); }
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;

  // Empty string on success; else what failed and why.
  std::string open(const RingOptions& options);
  void close();

  // Copies frames that wait into [regionStart, regionEnd) of the arena and their rows into the table.
  uint32_t poll(uint8_t* arena, size_t regionStart, size_t regionEnd, double* table,
                uint32_t limit);
  // Drops what waits in the ring.
  uint32_t discard();
  // Sends frames of the arena: pairs of start and length. Returns how many left.
  uint32_t send(uint8_t* arena, const int32_t* frames, uint32_t count);
  // Adds what the kernel counted since the last call.
  const RingCounts& counts();
  // 0, or the error that the socket holds (it is taken off it).
  int takeError();

  int descriptor() const { return socket_; }
  int linkType() const { return linkType_; }
  int interfaceIndex() const { return interfaceIndex_; }

 private:
  std::string findInterface();
  std::string configure();
  std::string mapRing();
  std::string attachFilter();
  std::string bind();
  uint32_t pollBlocks(uint8_t* arena, size_t at, size_t end, double* table, uint32_t limit);
  uint32_t readLongFrame(uint8_t* arena, size_t start, size_t end, const void* header);
  uint32_t pollFrames(uint8_t* arena, size_t at, size_t end, double* table, uint32_t limit);
  std::string failure(const char* what) const;

  RingOptions options_;
  RingCounts counts_;
  int socket_ = -1;
  int linkType_ = 1;
  int interfaceIndex_ = -1;
  uint8_t* map_ = nullptr;
  size_t mapBytes_ = 0;
  uint32_t framesPerBlock_ = 0;
  // Version 3: the block being read, the frame in it, how many are left. Version 2: the frame.
  uint32_t block_ = 0;
  uint8_t* next_ = nullptr;
  uint32_t left_ = 0;
  uint32_t frame_ = 0;
  std::vector<uint8_t> longFrame_;
};

}  // namespace shrike
