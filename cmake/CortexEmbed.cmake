# cortex_embed(TARGET SYMBOL FILE): compiles FILE into TARGET as `extern const std::string_view cortex::embedded::SYMBOL`.
function(cortex_embed target symbol file)
    get_filename_component(path "${file}" ABSOLUTE)
    set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp")
    add_custom_command(OUTPUT "${source}"
        COMMAND ${CMAKE_COMMAND} -DINPUT=${path} -DOUTPUT=${source} -DSYMBOL=${symbol} -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
        DEPENDS "${path}" "${PROJECT_SOURCE_DIR}/cmake/embed.cmake" COMMENT "Embedding ${symbol}" VERBATIM)
    target_sources(${target} PRIVATE "${source}")
endfunction()
