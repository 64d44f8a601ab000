#pragma once

#include "turn_screen.hpp"

#include <cortex/response.hpp>
#include <cortex/run.hpp>

namespace cortex::cli {

class Output;
class Signals;
class Toolbox;

/// Follows a turn to its end as `follow` does, showing these parts of it as they come, and ends an open line whatever happened.
Response watch_turn(Run& run, Signals& signals, Output& output, Toolbox& tools, TurnScreen::Parts parts);

}  // namespace cortex::cli
