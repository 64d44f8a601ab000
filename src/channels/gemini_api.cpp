#include "channels/gemini_api.hpp"
