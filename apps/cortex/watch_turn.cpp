#include "watch_turn.hpp"

#include "output.hpp"
#include "signals.hpp"
#include "toolbox.hpp"
#include "turn.hpp"

#include <cortex/error.hpp>

namespace cortex::cli {

Response watch_turn(Run& run, Signals& signals, Output& output, Toolbox& tools, TurnScreen::Parts parts) {
    TurnScreen screen(output, tools.trace(), parts);
    const TurnFace face{.on_chunk = [&](const StreamChunk& chunk) { screen.show(chunk); },
                        .before_question = [&] { screen.close(); }};
    try {
        Response response = follow(run, signals, output, tools.approver(), face);
        screen.close();
        return response;
    } catch (const Error&) {
        screen.close();
        throw;
    } catch (const Interrupted&) {
        screen.close();
        throw;
    }
}

}  // namespace cortex::cli
