#include "routing/failover.hpp"
