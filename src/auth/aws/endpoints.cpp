#include "auth/aws/endpoints.hpp"
