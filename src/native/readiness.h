// Tells JavaScript once when a descriptor can be read, through the event loop of its thread.
#pragma once
#include <uv.h>

#include "node-values.h"

namespace shrike {

class Readiness {
 public:
  // Null when the loop refuses the descriptor. It frees itself after `close`, or when the environment ends.
  static Readiness* create(napi_env env, int descriptor);
  // Calls `callback` once; a call that waits already is replaced.
  void wait(napi_value callback);
  void stop();
  // To be called before the descriptor is closed; the object is gone afterwards.
  void close();

 private:
  Readiness() = default;
  static void onReadable(uv_poll_t* handle, int status, int events);
  static void onClosed(uv_handle_t* handle);
  static void onEnvironmentEnd(napi_async_cleanup_hook_handle hook, void* data);
  void forgetCallback();

  uv_poll_t handle_{};
  napi_env env_ = nullptr;
  napi_ref callback_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool closing_ = false;
};

}  // namespace shrike
