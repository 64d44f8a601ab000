#include "channels/azure.hpp"
