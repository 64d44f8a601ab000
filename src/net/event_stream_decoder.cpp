#include "net/event_stream_decoder.hpp"
