#pragma once

/// Marks what the library shows to its users; everything else has hidden visibility.
#define CORTEX_API __attribute__((visibility("default")))
