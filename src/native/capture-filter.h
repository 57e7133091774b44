// Filter expressions of tcpdump, compiled by libpcap when the machine has it.
#pragma once
#include <linux/filter.h>

#include <string>
#include <vector>

namespace shrike {

// Empty string on success; else one line that says what is wrong.
std::string compileFilter(const std::string& expression, int linkType,
                          std::vector<sock_filter>* program);

}  // namespace shrike
