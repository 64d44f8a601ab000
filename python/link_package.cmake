# Links the package's Python files from SOURCE into TARGET.
foreach(package cortex corteX)
    file(GLOB_RECURSE files RELATIVE "${SOURCE}" "${SOURCE}/${package}/*.py" "${SOURCE}/${package}/*.pyi" "${SOURCE}/${package}/py.typed")
    foreach(path ${files})
        get_filename_component(folder "${TARGET}/${path}" DIRECTORY)
        file(MAKE_DIRECTORY "${folder}")
        file(CREATE_LINK "${SOURCE}/${path}" "${TARGET}/${path}" SYMBOLIC)
    endforeach()
endforeach()
