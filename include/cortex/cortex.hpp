#pragma once

/// Everything but <cortex/asio.hpp>, <cortex/local_model.hpp>, <cortex/config_fields.hpp> and <cortex/testing/...>.
#include <cortex/agent.hpp>
#include <cortex/attachment.hpp>
#include <cortex/config.hpp>
#include <cortex/costs.hpp>
#include <cortex/describe.hpp>
#include <cortex/engine.hpp>
#include <cortex/error.hpp>
#include <cortex/response.hpp>
#include <cortex/run.hpp>
#include <cortex/secret.hpp>
#include <cortex/session.hpp>
#include <cortex/stream.hpp>
#include <cortex/tool.hpp>
#include <cortex/version.hpp>
