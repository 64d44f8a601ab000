#include "auth/aws/sigv4.hpp"
