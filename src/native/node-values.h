// Values between JavaScript and C++, in the few forms that this addon takes.
#pragma once
#define NAPI_VERSION 8
#include <node_api.h>

#include <cstdint>
#include <string>

namespace shrike {

// The arguments of a call; those that were not given are undefined.
template <size_t N>
struct Arguments {
  Arguments(napi_env env, napi_callback_info info) {
    size_t count = N;
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }
  napi_value operator[](size_t i) const { return values[i]; }
  napi_value values[N];
};

napi_value throwError(napi_env env, const std::string& message);
napi_value undefinedValue(napi_env env);
napi_value numberValue(napi_env env, double number);
napi_value textValue(napi_env env, const std::string& text);

double toNumber(napi_env env, napi_value value, double fallback);
std::string toText(napi_env env, napi_value value);
bool isNullish(napi_env env, napi_value value);

napi_value property(napi_env env, napi_value object, const char* name);
double numberProperty(napi_env env, napi_value object, const char* name, double fallback);
std::string textProperty(napi_env env, napi_value object, const char* name);
bool flagProperty(napi_env env, napi_value object, const char* name, bool fallback);
void setNumber(napi_env env, napi_value object, const char* name, double number);

// The bytes of an ArrayBuffer or typed array; null when it is none. They stay where they are while a
// reference holds the object, since a WebAssembly memory that never grows is never moved.
uint8_t* bytesOf(napi_env env, napi_value value, size_t* length);

void exportFunction(napi_env env, napi_value exports, const char* name, napi_callback function);

}  // namespace shrike
