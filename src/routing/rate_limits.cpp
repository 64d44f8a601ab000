#include "routing/rate_limits.hpp"
