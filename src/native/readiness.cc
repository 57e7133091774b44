// One libuv poll handle a socket. The handle must be closed by the loop before its memory is freed, also when
// a worker thread ends: hence the asynchronous clean-up hook.
#include "readiness.h"

namespace shrike {

Readiness* Readiness::create(napi_env env, int descriptor) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return nullptr;
  auto* made = new Readiness();
  made->env_ = env;
  if (uv_poll_init(loop, &made->handle_, descriptor) != 0) {
    delete made;
    return nullptr;
  }
  made->handle_.data = made;
  napi_add_async_cleanup_hook(env, onEnvironmentEnd, made, &made->hook_);
  return made;
}

void Readiness::wait(napi_value callback) {
  if (closing_) return;
  forgetCallback();
  napi_create_reference(env_, callback, 1, &callback_);
  uv_poll_start(&handle_, UV_READABLE, onReadable);
}

void Readiness::stop() {
  if (closing_) return;
  uv_poll_stop(&handle_);
  forgetCallback();
}

void Readiness::close() {
  if (closing_) return;
  forgetCallback();
  closing_ = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_), onClosed);
}

void Readiness::forgetCallback() {
  if (callback_ != nullptr) napi_delete_reference(env_, callback_);
  callback_ = nullptr;
}

void Readiness::onReadable(uv_poll_t* handle, int, int) {
  auto* self = static_cast<Readiness*>(handle->data);
  uv_poll_stop(handle);
  if (self->callback_ == nullptr) return;
  napi_env env = self->env_;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value callback;
  napi_value receiver;
  napi_get_reference_value(env, self->callback_, &callback);
  self->forgetCallback();
  napi_get_global(env, &receiver);
  napi_make_callback(env, nullptr, receiver, callback, 0, nullptr, nullptr);
  napi_close_handle_scope(env, scope);
}

void Readiness::onClosed(uv_handle_t* handle) {
  auto* self = static_cast<Readiness*>(handle->data);
  napi_remove_async_cleanup_hook(self->hook_);
  delete self;
}

void Readiness::onEnvironmentEnd(napi_async_cleanup_hook_handle, void* data) {
  auto* self = static_cast<Readiness*>(data);
  // No value may be touched any more: the reference goes with the environment.
  self->callback_ = nullptr;
  if (self->closing_) return;
  self->closing_ = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&self->handle_), onClosed);
}

}  // namespace shrike
