#include "auth/google/adc.hpp"
