#include "world/processes.hpp"
