#include "auth/aws/service_error.hpp"
