# What `cmake --install` puts where: the shared library, the public headers, the command line (the emulator has its own rule), and the
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

# The program finds the library wherever the whole prefix is moved to.
if(TARGET cortex-cli)
    file(RELATIVE_PATH cortex_lib_from_bin "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
    set_target_properties(cortex-cli PROPERTIES INSTALL_RPATH "$ORIGIN/${cortex_lib_from_bin}")
    install(TARGETS cortex-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

install(EXPORT cortexTargets NAMESPACE cortex:: DESTINATION ${cortex_package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/cortexConfig.cmake.in ${PROJECT_BINARY_DIR}/cortexConfig.cmake
    INSTALL_DESTINATION ${cortex_package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cortexConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cortexConfig.cmake ${PROJECT_BINARY_DIR}/cortexConfigVersion.cmake DESTINATION ${cortex_package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
