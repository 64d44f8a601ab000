#include "dialects/gemini/dialect.hpp"
