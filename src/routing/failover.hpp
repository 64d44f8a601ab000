#pragma once

namespace cortex::routing {}
