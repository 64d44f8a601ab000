#pragma once

#include <cortex/response.hpp>
#include <cortex/run.hpp>

#include <functional>

namespace cortex::cli {

class Output;
class Signals;
struct Interrupted;

/// Follows one turn to its end: hands each chunk to `on_chunk`, the last one too, and returns the answer.
/// A signal cancels the turn and throws Interrupted; a reader of standard output that goes away cancels it and throws
/// ReaderGone; otherwise throws what the turn threw.
Response follow(Run& run, Signals& signals, const Output& output,
                const std::function<void(const StreamChunk&)>& on_chunk);

/// Tells the user of a signal that ends the program, and sees to it that the engine's farewell takes no longer than a second:
/// it may have a server to start or a name to look up.
void say_interrupted(Interrupted& stop);

/// The sentences for the user that came with an answer, on standard error.
void show_notices(const ResponseMetadata& metadata);

}  // namespace cortex::cli
