#include "routing/ledger.hpp"
