#pragma once

#include <cortex/response.hpp>
#include <cortex/run.hpp>

#include <functional>

namespace cortex::cli {

class Approver;
class Output;
class Signals;
struct Interrupted;

/// How a turn is shown.
struct TurnFace {
    std::function<void(const StreamChunk&)> on_chunk = {};
    std::function<void()> before_question =
        {};   ///< Somebody is about to be asked at the terminal: end a line that is open.
};

/// Follows one turn to its end: hands each chunk to `face`, the last one too, lets `approver` answer what is asked, and returns
/// the answer.
/// A signal cancels the turn and throws Interrupted; a reader of standard output that goes away cancels it and throws
/// ReaderGone; otherwise throws what the turn threw.
Response follow(Run& run, Signals& signals, const Output& output, Approver& approver, const TurnFace& face);

/// Tells the user of a signal that ends the program, and sees to it that the engine's farewell takes no longer than a second:
/// it may have a server to start or a name to look up.
void say_interrupted(Interrupted& stop);

/// The sentences for the user that came with an answer, on standard error.
void show_notices(const ResponseMetadata& metadata);

}  // namespace cortex::cli
