# What another project gets: `find_package(kvserver)`, then `target_link_libraries(x kv::client)`, or
# kv::server. Only headers that need nothing but the standard library are installed. Their users
# write <kvserver/client/client.h>, and so do they when they are installed: "client/client.h" may be
# a header of the user's own.
set(headers ${CMAKE_INSTALL_INCLUDEDIR}/kvserver)
install(FILES client/client.h client/client_options.h client/errors.h client/item.h
              client/pipeline.h client/redis_client.h
        DESTINATION ${headers}/client)
install(FILES common/log.h common/resp_value.h common/uri.h DESTINATION ${headers}/common)
install(FILES server/options.h server/server.h DESTINATION ${headers}/server)
install(FILES server/net/impairment.h DESTINATION ${headers}/server/net)
install(FILES server/store/when_full.h DESTINATION ${headers}/server/store)
install(CODE "set(headers \"${headers}\")")
install(CODE [[
  file(GLOB_RECURSE installed "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${headers}/*.h")
  foreach(header IN LISTS installed)
    file(READ "${header}" text)
    string(REGEX REPLACE "#include \"((client|common|server)/[^\"]*)\"" "#include <kvserver/\\1>" text "${text}")
    file(WRITE "${header}" "${text}")
  endforeach()
]])

# The libraries are ours alone to name: nobody links one of them without the package.
install(TARGETS kv_client kv_command kv_common kv_memcached kv_miniredis kv_net kv_resp kv_server
                kv_simple kv_store kv_zmq
        EXPORT kvserver-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/kvserver
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kvserver)
install(EXPORT kvserver-targets NAMESPACE kv:: DESTINATION ${package_dir})
include(CMakePackageConfigHelpers)
configure_file(.cmake/kvserver-config.cmake.in kvserver-config.cmake @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kvserver-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kvserver-config.cmake
              ${PROJECT_BINARY_DIR}/kvserver-config-version.cmake
        DESTINATION ${package_dir})

# The service. A unit names its program by the whole path, that of the prefix configured for.
configure_file(server/kvserver.service.in kvserver.service @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kvserver.service DESTINATION lib/systemd/system)

# Its options are in /etc whatever the prefix, so only a package for a system has them: that is
# staged under DESTDIR, an archive or a prefix of one's own is not. dpkg keeps what was edited there.
install(CODE "set(defaults \"${PROJECT_SOURCE_DIR}/server/kvserver.default\")")
install(CODE [[
  if(NOT "$ENV{DESTDIR}" STREQUAL "")
    file(INSTALL "${defaults}" DESTINATION /etc/default RENAME kvserver)
  endif()
]])
file(WRITE ${PROJECT_BINARY_DIR}/conffiles "/etc/default/kvserver\n")

# The licence; and, for the packages, those of the libraries that are linked into their programs.
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(KV_STATIC)
  install(FILES .cmake/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

# cpack: an archive to unpack anywhere, and a package for Debian.
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "The kvserver authors <kvserver@localhost>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/conffiles)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libsodium-dev, pkg-config")  # for those who link kv::server
include(CPack)
