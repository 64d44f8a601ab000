#include "auth/aws/chain.hpp"
