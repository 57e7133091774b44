// The ring for JavaScript: openRing gives a handle that the other functions take.
//
//   openRing({interface, filter, version, blockBytes, ...}, arena, table) -> handle; throws
//   ringPoll(handle, regionStart, regionEnd, limit) -> rows written into the table
//   ringWait(handle, callback | null)   callback is called once when packets wait
//   ringSend(handle, frames, count) -> frames sent; frames: Int32Array of (start, length)
//   ringCounts(handle, Float64Array(7)), ringDiscard(handle), ringError(handle), ringLinkType(handle)
//   ringClose(handle)
#include "bindings.h"
#include "packet-ring.h"
#include "readiness.h"

namespace shrike {

namespace {

struct Ring {
  PacketRing ring;
  Readiness* readiness = nullptr;
  napi_ref arenaReference = nullptr;
  napi_ref tableReference = nullptr;
  uint8_t* arena = nullptr;
  size_t arenaBytes = 0;
  double* table = nullptr;
  uint32_t tableRows = 0;
};

void closeRing(Ring* ring) {
  // The finalizer may run after the hook of the environment freed the handle: it is closed by then.
  if (ring->readiness != nullptr) ring->readiness->close();
  ring->readiness = nullptr;
  ring->ring.close();
}

Ring* ringOf(napi_env env, napi_value value) {
  void* data = nullptr;
  if (napi_get_value_external(env, value, &data) != napi_ok) return nullptr;
  return static_cast<Ring*>(data);
}

RingOptions readOptions(napi_env env, napi_value given) {
  RingOptions options;
  options.interfaceName = textProperty(env, given, "interface");
  options.filter = textProperty(env, given, "filter");
  options.version = numberProperty(env, given, "version", 3);
  options.blockBytes = numberProperty(env, given, "blockBytes", options.blockBytes);
  options.blockCount = numberProperty(env, given, "blockCount", options.blockCount);
  options.frameBytes = numberProperty(env, given, "frameBytes", options.frameBytes);
  options.retireMs = numberProperty(env, given, "retireMs", options.retireMs);
  options.fanoutGroup = numberProperty(env, given, "fanoutGroup", -1);
  options.promiscuous = flagProperty(env, given, "promiscuous", true);
  options.ignoreOutgoing = flagProperty(env, given, "ignoreOutgoing", false);
  return options;
}

void finalize(napi_env env, void* data, void*) {
  auto* ring = static_cast<Ring*>(data);
  // At the end of the environment the hook has taken care of the handle.
  ring->readiness = nullptr;
  ring->ring.close();
  if (ring->arenaReference != nullptr) napi_delete_reference(env, ring->arenaReference);
  if (ring->tableReference != nullptr) napi_delete_reference(env, ring->tableReference);
  delete ring;
}

napi_value openRing(napi_env env, napi_callback_info info) {
  const Arguments<3> given(env, info);
  auto* ring = new Ring();
  size_t tableBytes = 0;
  ring->arena = bytesOf(env, given[1], &ring->arenaBytes);
  ring->table = reinterpret_cast<double*>(bytesOf(env, given[2], &tableBytes));
  ring->tableRows = tableBytes / (sizeof(double) * columnCount);
  std::string problem = ring->ring.open(readOptions(env, given[0]));
  if (problem.empty() && (ring->arena == nullptr || ring->table == nullptr)) problem = "no arena";
  if (problem.empty()) {
    ring->readiness = Readiness::create(env, ring->ring.descriptor());
    if (ring->readiness == nullptr) problem = "the event loop refuses the socket";
  }
  if (!problem.empty()) {
    delete ring;
    return throwError(env, problem);
  }
  napi_create_reference(env, given[1], 1, &ring->arenaReference);
  napi_create_reference(env, given[2], 1, &ring->tableReference);
  napi_value handle;
  napi_create_external(env, ring, finalize, nullptr, &handle);
  return handle;
}

napi_value poll(napi_env env, napi_callback_info info) {
  const Arguments<4> given(env, info);
  Ring* ring = ringOf(env, given[0]);
  if (ring == nullptr || ring->ring.descriptor() < 0) return numberValue(env, 0);
  const size_t start = toNumber(env, given[1], 0);
  size_t end = toNumber(env, given[2], 0);
  if (end > ring->arenaBytes) end = ring->arenaBytes;
  uint32_t limit = toNumber(env, given[3], 0);
  if (limit > ring->tableRows) limit = ring->tableRows;
  if (start >= end) return numberValue(env, 0);
  return numberValue(env, ring->ring.poll(ring->arena, start, end, ring->table, limit));
}

napi_value wait(napi_env env, napi_callback_info info) {
  const Arguments<2> given(env, info);
  Ring* ring = ringOf(env, given[0]);
  if (ring == nullptr || ring->readiness == nullptr) return undefinedValue(env);
  if (isNullish(env, given[1])) ring->readiness->stop();
  else ring->readiness->wait(given[1]);
  return undefinedValue(env);
}

bool areInside(const Ring& ring, const int32_t* frames, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const int32_t start = frames[2 * i];
    const int32_t length = frames[2 * i + 1];
    if (start < 16 || length <= 0) return false;
    if (static_cast<size_t>(start) + static_cast<size_t>(length) > ring.arenaBytes) return false;
  }
  return true;
}

napi_value send(napi_env env, napi_callback_info info) {
  const Arguments<3> given(env, info);
  Ring* ring = ringOf(env, given[0]);
  size_t length = 0;
  const auto* frames = reinterpret_cast<int32_t*>(bytesOf(env, given[1], &length));
  const uint32_t count = toNumber(env, given[2], 0);
  if (ring == nullptr || ring->ring.descriptor() < 0) return numberValue(env, 0);
  if (frames == nullptr || length < count * 8 || !areInside(*ring, frames, count)) {
    return throwError(env, "frames to send lie outside of the arena");
  }
  return numberValue(env, ring->ring.send(ring->arena, frames, count));
}

napi_value counts(napi_env env, napi_callback_info info) {
  const Arguments<2> given(env, info);
  Ring* ring = ringOf(env, given[0]);
  size_t length = 0;
  auto* into = reinterpret_cast<double*>(bytesOf(env, given[1], &length));
  if (ring == nullptr || into == nullptr || length < 7 * sizeof(double)) return undefinedValue(env);
  const RingCounts& counts = ring->ring.counts();
  into[0] = counts.packets;
  into[1] = counts.kernelDrops;
  into[2] = counts.freezes;
  into[3] = counts.truncated;
  into[4] = counts.sent;
  into[5] = counts.sendFailures;
  into[6] = counts.sendRetries;
  return undefinedValue(env);
}

napi_value discard(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  Ring* ring = ringOf(env, given[0]);
  const bool isOpen = ring != nullptr && ring->ring.descriptor() >= 0;
  return numberValue(env, isOpen ? ring->ring.discard() : 0);
}

napi_value error(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  Ring* ring = ringOf(env, given[0]);
  return numberValue(env, ring == nullptr ? 0 : ring->ring.takeError());
}

napi_value linkType(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  Ring* ring = ringOf(env, given[0]);
  return numberValue(env, ring == nullptr ? 0 : ring->ring.linkType());
}

napi_value close(napi_env env, napi_callback_info info) {
  const Arguments<1> given(env, info);
  Ring* ring = ringOf(env, given[0]);
  if (ring != nullptr) closeRing(ring);
  return undefinedValue(env);
}

}  // namespace

void exportRing(napi_env env, napi_value exports) {
  exportFunction(env, exports, "openRing", openRing);
  exportFunction(env, exports, "ringPoll", poll);
  exportFunction(env, exports, "ringWait", wait);
  exportFunction(env, exports, "ringSend", send);
  exportFunction(env, exports, "ringCounts", counts);
  exportFunction(env, exports, "ringDiscard", discard);
  exportFunction(env, exports, "ringError", error);
  exportFunction(env, exports, "ringLinkType", linkType);
  exportFunction(env, exports, "ringClose", close);
}

}  // namespace shrike
