#include "routing/health.hpp"
