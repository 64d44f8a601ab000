#include "auth/cached_source.hpp"
