# Precompiled headers: they more than halve what a file of a test or of an app costs to compile.
#
# They also hide a missing #include. What finds one are the builds without them: ./quickstart, the fuzz targets, a user's own; and
# tests/house/check_headers.py for headers that no source file begins with.
option(CORTEX_PRECOMPILE "Compile with precompiled headers" OFF)

set(cortex_precompiled_std
    <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <deque> <filesystem> <functional> <map> <memory>
    <mutex> <optional> <set> <span> <string> <string_view> <thread> <tuple> <unordered_map> <utility> <variant> <vector>
    <boost/json.hpp>)

# All that is compiled with one of them must agree with it on what these options and macros change.
function(cortex_precompiled_agree target)
    # The same code for libraries and programs: CMake would give the latter -fPIE.
    set_target_properties(${target} PROPERTIES
        POSITION_INDEPENDENT_CODE OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_compile_options(${target} PRIVATE -fPIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:cortex_flags> $<BUILD_INTERFACE:Boost::json> $<BUILD_INTERFACE:fmt::fmt>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # The first is for ccache, which looks at what the compiler has preprocessed. With all of the standard library in sight g++ 12
        # inlines more of std::string, and finds overflows there that cannot happen (GCC bugs 105329, 105651).
        target_compile_options(${target} PRIVATE -fpch-preprocess -Wno-stringop-overflow -Wno-array-bounds)
    endif()
endfunction()

function(cortex_precompiled_make target)
    file(WRITE "${CMAKE_BINARY_DIR}/${target}.cpp" "// Nothing but its precompiled headers.\n")
    add_library(${target} STATIC "${CMAKE_BINARY_DIR}/${target}.cpp")
    cortex_precompiled_agree(${target})
    target_compile_features(${target} PRIVATE cxx_std_20)
    target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()

# cortex_precompiled(TARGET [TEST]): compiles TARGET's files with the common headers at hand; TEST adds those of GoogleTest.
function(cortex_precompiled target)
    if(NOT CORTEX_PRECOMPILE)
        return()
    endif()
    set(made cortex_precompiled_headers)
    set(headers ${cortex_precompiled_std} <fmt/format.h>)
    if("TEST" IN_LIST ARGN)
        set(made cortex_precompiled_tests)
        list(APPEND headers <gmock/gmock.h> <gtest/gtest.h>)
    endif()
    if(NOT TARGET ${made})
        cortex_precompiled_make(${made} ${headers})
        if("TEST" IN_LIST ARGN)
            target_link_libraries(${made} PRIVATE cortex_test_flags GTest::gmock)
        endif()
    endif()
    cortex_precompiled_agree(${target})
    target_precompile_headers(${target} REUSE_FROM ${made})
endfunction()
