#include "client/check/case.h"

namespace kv::check {

std::vector<Case> cases_for(Mode mode)
{
    std::vector<Case> chosen;
    for (const auto& topic : {basic_cases(), framing_cases(), value_cases(), company_cases(),
                              command_cases(), length_cases(), goodbye_cases()})
        for (const auto& entry : topic)
            if ((entry.modes & static_cast<unsigned>(mode)) != 0) chosen.push_back(entry);
    return chosen;
}

}  // namespace kv::check
