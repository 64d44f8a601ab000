#include "dialects/openai_responses/dialect.hpp"
