// Conversions of node-values.h.
#include "node-values.h"

namespace shrike {

napi_value throwError(napi_env env, const std::string& message) {
  napi_throw_error(env, "ERR_SHRIKE_NATIVE", message.c_str());
  return nullptr;
}

napi_value undefinedValue(napi_env env) {
  napi_value value;
  napi_get_undefined(env, &value);
  return value;
}

napi_value numberValue(napi_env env, double number) {
  napi_value value;
  napi_create_double(env, number, &value);
  return value;
}

napi_value textValue(napi_env env, const std::string& text) {
  napi_value value;
  napi_create_string_utf8(env, text.c_str(), text.size(), &value);
  return value;
}

double toNumber(napi_env env, napi_value value, double fallback) {
  double number;
  return napi_get_value_double(env, value, &number) == napi_ok ? number : fallback;
}

std::string toText(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return "";
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, &text[0], length + 1, &length);
  return text;
}

bool isNullish(napi_env env, napi_value value) {
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok) return true;
  return type == napi_undefined || type == napi_null;
}

napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  if (napi_get_named_property(env, object, name, &value) != napi_ok) return undefinedValue(env);
  return value;
}

double numberProperty(napi_env env, napi_value object, const char* name, double fallback) {
  return toNumber(env, property(env, object, name), fallback);
}

std::string textProperty(napi_env env, napi_value object, const char* name) {
  return toText(env, property(env, object, name));
}

bool flagProperty(napi_env env, napi_value object, const char* name, bool fallback) {
  bool flag;
  const napi_value value = property(env, object, name);
  return napi_get_value_bool(env, value, &flag) == napi_ok ? flag : fallback;
}

void setNumber(napi_env env, napi_value object, const char* name, double number) {
  napi_set_named_property(env, object, name, numberValue(env, number));
}

uint8_t* bytesOf(napi_env env, napi_value value, size_t* length) {
  void* data = nullptr;
  bool is = false;
  if (napi_is_arraybuffer(env, value, &is) == napi_ok && is) {
    napi_get_arraybuffer_info(env, value, &data, length);
    return static_cast<uint8_t*>(data);
  }
  if (napi_is_typedarray(env, value, &is) != napi_ok || !is) return nullptr;
  napi_typedarray_type type;
  size_t count = 0;
  napi_value buffer;
  size_t offset = 0;
  napi_get_typedarray_info(env, value, &type, &count, &data, &buffer, &offset);
  size_t width = 1;
  if (type == napi_int16_array || type == napi_uint16_array) width = 2;
  if (type == napi_int32_array || type == napi_uint32_array || type == napi_float32_array) width = 4;
  if (type == napi_float64_array) width = 8;
  *length = count * width;
  return static_cast<uint8_t*>(data);
}

void exportFunction(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

}  // namespace shrike
