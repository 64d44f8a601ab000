# What `cmake --install` puts where: the shared library, the public headers, the command line with its emulator, and the
# package files that make find_package(cortex) give cortex::cortex and cortex::testing.
include(CMakePackageConfigHelpers)

set(cortex_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/cortex")
set(cortex_exported cortex)
if(TARGET cortex_testing)
    set_target_properties(cortex_testing PROPERTIES EXPORT_NAME testing)
    list(APPEND cortex_exported cortex_testing)
endif()

install(TARGETS ${cortex_exported} EXPORT cortexTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(TARGET cortex_testing)
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/cortex" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
else()
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/cortex" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp"
        PATTERN "testing" EXCLUDE)
endif()

# The programs find the library wherever the whole prefix is moved to.
file(RELATIVE_PATH cortex_lib_from_bin "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
foreach(program cortex_cli cortex-cli cortex-emulator)
    if(TARGET ${program})
        set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN/${cortex_lib_from_bin}")
        install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    endif()
endforeach()

install(EXPORT cortexTargets NAMESPACE cortex:: DESTINATION ${cortex_package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/cortexConfig.cmake.in ${PROJECT_BINARY_DIR}/cortexConfig.cmake
    INSTALL_DESTINATION ${cortex_package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cortexConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cortexConfig.cmake ${PROJECT_BINARY_DIR}/cortexConfigVersion.cmake DESTINATION ${cortex_package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
