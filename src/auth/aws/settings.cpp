#include "auth/aws/settings.hpp"
