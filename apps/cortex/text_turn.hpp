#pragma once

#include <cortex/response.hpp>
#include <cortex/run.hpp>

namespace cortex::cli {

class Output;
class Signals;

/// To a terminal: each piece of text as it arrives, and a newline in the end whatever happened.
Response show_as_text(Run& run, Signals& signals, Output& output);
/// To anything else: the whole answer and one newline, when all of it is there. A failure leaves the output as it was.
Response show_whole_text(Run& run, Signals& signals, Output& output);

}  // namespace cortex::cli
