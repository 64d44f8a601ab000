#include "channels/openai_api.hpp"
