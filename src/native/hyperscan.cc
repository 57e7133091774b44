// Searches for many literals with Hyperscan or Vectorscan, over the arena in place. A set is compiled in a thread
// of the pool while searches go on without it; one scratch serves all sets of an engine.
//
//   hyperscanOpen(arena, found: Int32Array) -> engine
//   hyperscanCompile(engine, bytes, layout: Int32Array) -> set; layout: rows of offset, length, nocase, id,
//     placeMin, endMax. found has room for the id of every row.
//   hyperscanSearch(set, start, end) -> count of ids written to found; -1 while the set is not ready, -2 never
//   hyperscanVersion() -> text
#include <hs.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "bindings.h"

namespace shrike {

namespace {

constexpr int rowWidth = 6;

struct Engine {
  uint8_t* arena = nullptr;
  size_t arenaBytes = 0;
  int32_t* found = nullptr;
  size_t foundCount = 0;
  hs_scratch_t* scratch = nullptr;
  std::vector<napi_ref> references;
  ~Engine() { hs_free_scratch(scratch); }
};

struct Row {
  uint32_t length;
  int32_t id;
  uint32_t placeMin;
  uint32_t endMax;
  bool nocase;
};

enum class State { compiling, compiled, ready, failed };

struct Set {
  std::shared_ptr<Engine> engine;
  std::vector<Row> rows;
  std::vector<std::string> expressions;
  hs_database_t* database = nullptr;
  std::atomic<State> state{State::compiling};
  // Rows found in this generation are not written again.
  std::vector<uint32_t> stamps;
  uint32_t generation = 0;
  int count = 0;
  // What the collector of JavaScript was told about the size of the database.
  int64_t toldBytes = 0;
  napi_async_work work = nullptr;
  ~Set() { hs_free_database(database); }
};

// What JavaScript holds: the work of the pool keeps the set alive too.
using SetHolder = std::shared_ptr<Set>;
using EngineHolder = std::shared_ptr<Engine>;

std::string escape(const uint8_t* bytes, size_t length) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(length * 4);
  for (size_t i = 0; i < length; i++) {
    text += "\\x";
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

void compile(Set* set) {
  std::vector<const char*> texts;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (size_t i = 0; i < set->rows.size(); i++) {
    const Row& row = set->rows[i];
    const bool isFree = row.placeMin == 0 && row.endMax == 0x7fffffff;
    texts.push_back(set->expressions[i].c_str());
    flags.push_back((row.nocase ? HS_FLAG_CASELESS : 0) | (isFree ? HS_FLAG_SINGLEMATCH : 0));
    ids.push_back(i);
  }
  hs_compile_error_t* error = nullptr;
  const hs_error_t result =
      hs_compile_multi(texts.data(), flags.data(), ids.data(), texts.size(), HS_MODE_BLOCK, nullptr,
                       &set->database, &error);
  if (error != nullptr) hs_free_compile_error(error);
  set->expressions.clear();
  set->state.store(result == HS_SUCCESS ? State::compiled : State::failed);
}

int onMatch(unsigned row, unsigned long long, unsigned long long end, unsigned, void* context) {
  auto* set = static_cast<Set*>(context);
  const Row& found = set->rows[row];
  if (end > found.endMax || end < uint64_t{found.length} + found.placeMin) return 0;
  if (set->stamps[row] == set->generation) return 0;
  set->stamps[row] = set->generation;
  set->engine->found[set->count++] = found.id;
  return 0;
}

int search(Set* set, size_t start, size_t end) {
  Engine& engine = *set->engine;
  const State state = set->state.load();
  if (state == State::failed) return -2;
  if (state == State::compiling) return -1;
  if (state == State::compiled) {
    const bool isReady = hs_alloc_scratch(set->database, &engine.scratch) == HS_SUCCESS;
    set->state.store(isReady ? State::ready : State::failed);
    if (!isReady) return -2;
  }
  if (++set->generation == 0) {
    std::fill(set->stamps.begin(), set->stamps.end(), 0);
    set->generation = 1;
  }
  set->count = 0;
  const auto* bytes = reinterpret_cast<const char*>(engine.arena + start);
  hs_scan(set->database, bytes, end - start, 0, engine.scratch, onMatch, set);
  return set->count;
}

napi_value openEngine(napi_env env, napi_callback_info info) {
  const Arguments<2> given(env, info);
  auto* holder = new EngineHolder(std::make_shared<Engine>());
  Engine& engine = **holder;
  size_t foundBytes = 0;
  engine.arena = bytesOf(env, given[0], &engine.arenaBytes);
  engine.found = reinterpret_cast<int32_t*>(bytesOf(env, given[1], &foundBytes));
  engine.foundCount = foundBytes / sizeof(int32_t);
  for (size_t i = 0; i < 2; i++) {
    napi_ref reference;
    napi_create_reference(env, given[i], 1, &reference);
    engine.references.push_back(reference);
  }
  napi_value handle;
  const auto finalize = [](napi_env finalEnv, void* data, void*) {
    auto* ended = static_cast<EngineHolder*>(data);
    for (napi_ref reference : (*ended)->references) napi_delete_reference(finalEnv, reference);
    delete ended;
  };
  napi_create_external(env, holder, finalize, nullptr, &handle);
  return handle;
}

void execute(napi_env, void* data) { compile(static_cast<SetHolder*>(data)->get()); }

void complete(napi_env env, napi_status, void* data) {
  auto* holder = static_cast<SetHolder*>(data);
  Set& set = **holder;
  size_t bytes = 0;
  int64_t sum = 0;
  // Held by JavaScript still: else nobody would take it back.
  if (holder->use_count() > 1 && hs_database_size(set.database, &bytes) == HS_SUCCESS) {
    set.toldBytes = static_cast<int64_t>(bytes);
    napi_adjust_external_memory(env, set.toldBytes, &sum);
  }
  napi_delete_async_work(env, set.work);
  delete holder;
}

napi_value compileSet(napi_env env, napi_callback_info info) {
  const Arguments<3> given(env, info);
  void* data = nullptr;
  if (napi_get_value_external(env, given[0], &data) != napi_ok) return nullptr;
  const EngineHolder& engine = *static_cast<EngineHolder*>(data);
  size_t byteLength = 0;
  size_t layoutBytes = 0;
  const uint8_t* bytes = bytesOf(env, given[1], &byteLength);
  const auto* layout = reinterpret_cast<int32_t*>(bytesOf(env, given[2], &layoutBytes));
  const size_t count = layoutBytes / (rowWidth * sizeof(int32_t));
  if (count > engine->foundCount) return throwError(env, "more patterns than places for results");
  auto* holder = new SetHolder(std::make_shared<Set>());
  Set& set = **holder;
  set.engine = engine;
  set.stamps.resize(count);
  for (size_t i = 0; i < count; i++) {
    const int32_t* row = layout + i * rowWidth;
    set.rows.push_back({static_cast<uint32_t>(row[1]), row[3], static_cast<uint32_t>(row[4]),
                        static_cast<uint32_t>(row[5]), row[2] != 0});
    set.expressions.push_back(escape(bytes + row[0], row[1]));
  }
  napi_value name;
  napi_create_string_utf8(env, "shrike.hyperscan", NAPI_AUTO_LENGTH, &name);
  auto* working = new SetHolder(*holder);
  napi_create_async_work(env, nullptr, name, execute, complete, working, &set.work);
  napi_queue_async_work(env, set.work);
  napi_value handle;
  const auto finalize = [](napi_env finalEnv, void* data, void*) {
    auto* ended = static_cast<SetHolder*>(data);
    int64_t sum = 0;
    napi_adjust_external_memory(finalEnv, -(*ended)->toldBytes, &sum);
    delete ended;
  };
  napi_create_external(env, holder, finalize, nullptr, &handle);
  return handle;
}

napi_value searchSet(napi_env env, napi_callback_info info) {
  const Arguments<3> given(env, info);
  void* data = nullptr;
  uint32_t start = 0;
  uint32_t end = 0;
  int count = -2;
  if (napi_get_value_external(env, given[0], &data) == napi_ok &&
      napi_get_value_uint32(env, given[1], &start) == napi_ok &&
      napi_get_value_uint32(env, given[2], &end) == napi_ok) {
    Set* set = static_cast<SetHolder*>(data)->get();
    if (start <= end && end <= set->engine->arenaBytes) count = search(set, start, end);
  }
  napi_value result;
  napi_create_int32(env, count, &result);
  return result;
}

napi_value version(napi_env env, napi_callback_info) { return textValue(env, hs_version()); }

}  // namespace

void exportHyperscan(napi_env env, napi_value exports) {
  exportFunction(env, exports, "hyperscanOpen", openEngine);
  exportFunction(env, exports, "hyperscanCompile", compileSet);
  exportFunction(env, exports, "hyperscanSearch", searchSet);
  exportFunction(env, exports, "hyperscanVersion", version);
}

}  // namespace shrike
