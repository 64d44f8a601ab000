#include "channels/gemini_vertex.hpp"
