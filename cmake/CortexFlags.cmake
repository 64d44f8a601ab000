# Warnings and sanitizers of the project's own code. Never exported.
add_library(cortex_flags INTERFACE)
target_compile_features(cortex_flags INTERFACE cxx_std_20)
target_compile_options(cortex_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wnull-dereference)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False alarms of g++ 12 inside std::variant and std::string at -O2 (GCC bugs 105593, 105651).
    target_compile_options(cortex_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
if(CORTEX_WERROR)
    target_compile_options(cortex_flags INTERFACE -Werror)
endif()
if(CORTEX_SANITIZE)
    target_compile_options(cortex_flags INTERFACE -fsanitize=${CORTEX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(cortex_flags INTERFACE -fsanitize=${CORTEX_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # The sanitizers' extra branches make g++ 12 see null dereferences that are not there.
        target_compile_options(cortex_flags INTERFACE -Wno-null-dereference)
        if(CORTEX_SANITIZE MATCHES "thread")
            # Boost.Asio's fences, which ThreadSanitizer does not model.
            target_compile_options(cortex_flags INTERFACE -Wno-tsan)
        endif()
    endif()
endif()

# Tests look into what they have just asserted to be there; the compiler does not follow that through gtest's macros.
add_library(cortex_test_flags INTERFACE)
target_compile_options(cortex_test_flags INTERFACE -Wno-null-dereference)
if(NOT CORTEX_SANITIZE)
    # A test runs for a moment, and to optimise it takes longer than that.
    target_compile_options(cortex_test_flags INTERFACE -O0)
endif()
if(CORTEX_SANITIZE MATCHES "undefined")
    # The library is looked at for undefined behaviour; the tests' own files would take as long again to compile.
    target_compile_options(cortex_test_flags INTERFACE -fno-sanitize=undefined)
endif()

# cortex_room(NAME sources...): one static, position-independent library for one room of src/, hidden by default.
function(cortex_room name)
    add_library(cortex_${name} STATIC ${ARGN})
    set_target_properties(cortex_${name} PROPERTIES
        POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_include_directories(cortex_${name} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
    target_link_libraries(cortex_${name} PRIVATE $<BUILD_INTERFACE:cortex_flags>)
    target_compile_features(cortex_${name} PUBLIC cxx_std_20)
    set_property(GLOBAL APPEND PROPERTY CORTEX_ROOMS cortex_${name})
    cortex_precompiled(cortex_${name})
endfunction()

# cortex_test(NAME sources... LINK libs... [THREADED]): one gtest binary for one room; every TEST is a ctest of its own. THREADED: it
# runs more than one thread of the project's, so ThreadSanitizer has something to see.
function(cortex_test name)
    cmake_parse_arguments(ARG "THREADED" "" "LINK;LABELS" ${ARGN})
    add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
    set_target_properties(${name} PROPERTIES CORTEX_TEST ON CORTEX_TEST_THREADED ${ARG_THREADED})
    cortex_precompiled(${name} TEST)
    target_link_libraries(${name} PRIVATE cortex_flags cortex_test_flags ${ARG_LINK} GTest::gmock_main)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE
        CORTEX_TESTDATA="${CORTEX_TESTDATA}" CORTEX_WIRE_DIR="${PROJECT_SOURCE_DIR}/tests/wire")
    # Found when the tests run, not while building: a build never executes what it builds.
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS "${ARG_LABELS}")
endfunction()

# cortex_published_cases(NAME...): these tests also read the vendors' cases that tools/fetch_vectors.py unpacks.
function(cortex_published_cases)
    foreach(name ${ARGN})
        target_compile_definitions(${name} PRIVATE CORTEX_VECTORS="${PROJECT_SOURCE_DIR}/build/vectors")
    endforeach()
endfunction()
