#include "world/web.hpp"
