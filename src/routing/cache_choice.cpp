#include "routing/cache_choice.hpp"
