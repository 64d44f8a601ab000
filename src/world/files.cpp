#include "world/files.hpp"
