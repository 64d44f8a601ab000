#include "core/catalog.hpp"
#include <gtest/gtest.h>
TEST(Catalog, loads) { auto c = cortex::Catalog::load(); ASSERT_TRUE(c) << c.error().message; EXPECT_EQ(c.value()->models().size(), 63u); }
