// One Ethernet frame on its way between the kernel and the arena.
//
// Layout in the arena, `start` being the first byte of the frame as the engine sees it:
//
//   start - 16  2 bytes  the checksum field as the kernel gave it, when it was not filled in yet
//   start - 14  4 bytes  not used
//   start - 10 10 bytes  virtio_net_hdr: what of checksum and segmentation is left to the hardware
//   start                the frame, its VLAN tag put back, its checksum filled in
//
// The hidden bytes let a frame leave as it came: a segment of 60 KB that the kernel has not cut yet
// goes out as one and is cut where the wire needs it.
#pragma once
#include <cstddef>
#include <cstdint>

namespace shrike {

constexpr size_t hiddenBytes = 16;
constexpr size_t offloadHeaderBytes = 10;

// virtio_net_hdr of <linux/virtio_net.h>, which C++ cannot include.
struct OffloadHeader {
  uint8_t flags;
  uint8_t segmentType;
  uint16_t headerLength;
  uint16_t segmentSize;
  uint16_t checksumStart;
  uint16_t checksumOffset;
};
constexpr uint8_t needsChecksum = 1;  // VIRTIO_NET_HDR_F_NEEDS_CSUM
// Bytes that must be free behind a frame: the matchers read whole vectors.
constexpr size_t paddingBytes = 64;
constexpr size_t vlanTagBytes = 4;

struct ReceivedFrame {
  const uint8_t* bytes;
  uint32_t capturedLength;
  const uint8_t* offloadHeader;  // null: the socket gives none
  bool hasTag;
  uint16_t tagProtocol;  // host order
  uint16_t tag;          // host order
};

// Space that a frame of this captured length takes behind `start`.
inline size_t frameSpace(size_t capturedLength) {
  return hiddenBytes + capturedLength + vlanTagBytes + paddingBytes;
}

// Copies the frame to `target` (its start in the arena). Returns its length there.
uint32_t placeFrame(uint8_t* target, const ReceivedFrame& frame);

// The same for a frame that lies at its place already, offload header included. Fills in the checksum.
void completeFrame(uint8_t* start, uint32_t length);

// Undoes what placeFrame did to the checksum, for sending; `length` bounds the write.
void prepareToSend(uint8_t* start, uint32_t length);

// Internet checksum of a range, not complemented, in network order.
uint16_t foldedSum(const uint8_t* bytes, size_t length);

}  // namespace shrike
