# BoringSSL, for the folder tls alone: the target truerelay_boringssl.
#
# TRUERELAY_BORINGSSL says where it comes from:
#   system  the package android-libboringssl-dev of Debian. Its shared libraries stand beside the
#           usual search path, so every program linked with them carries an rpath.
#   fetch   the upstream repository at the commit below, built here, linked statically.
#   a path  a source tree of BoringSSL that is there already, built and linked likewise.
set(TRUERELAY_BORINGSSL_COMMIT a0689af29e8e460f1e5380e0fb74cef1b342e810)

find_path(TRUERELAY_BORINGSSL_INCLUDE openssl/base.h
  PATHS /usr/include/android NO_DEFAULT_PATH)
find_library(TRUERELAY_BORINGSSL_SSL ssl
  PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/android NO_DEFAULT_PATH)
find_library(TRUERELAY_BORINGSSL_CRYPTO crypto
  PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/android NO_DEFAULT_PATH)
mark_as_advanced(TRUERELAY_BORINGSSL_INCLUDE TRUERELAY_BORINGSSL_SSL TRUERELAY_BORINGSSL_CRYPTO)

if(TRUERELAY_BORINGSSL_INCLUDE AND TRUERELAY_BORINGSSL_SSL AND TRUERELAY_BORINGSSL_CRYPTO)
  set(found_in_system TRUE)
  set(default_source system)
else()
  set(found_in_system FALSE)
  set(default_source fetch)
endif()
set(TRUERELAY_BORINGSSL ${default_source} CACHE STRING
  "Where BoringSSL comes from: system, fetch, or the path of a source tree")

# Builds libssl and libcrypto of a source tree, its tests and tools left out.
function(truerelay_build_boringssl source)
  set(BUILD_TESTING OFF)
  set(BUILD_SHARED_LIBS OFF)
  add_subdirectory(${source} ${CMAKE_BINARY_DIR}/boringssl EXCLUDE_FROM_ALL SYSTEM)
  target_link_libraries(truerelay_boringssl INTERFACE ssl crypto)
endfunction()

add_library(truerelay_boringssl INTERFACE)
if(TRUERELAY_BORINGSSL STREQUAL "system")
  if(NOT found_in_system)
    message(FATAL_ERROR "BoringSSL is not installed. Install android-libboringssl-dev (Debian), "
      "or set TRUERELAY_BORINGSSL to 'fetch' or to the path of a source tree.")
  endif()
  get_filename_component(boringssl_directory ${TRUERELAY_BORINGSSL_SSL} DIRECTORY)
  target_include_directories(truerelay_boringssl SYSTEM INTERFACE ${TRUERELAY_BORINGSSL_INCLUDE})
  target_link_libraries(truerelay_boringssl INTERFACE
    ${TRUERELAY_BORINGSSL_SSL} ${TRUERELAY_BORINGSSL_CRYPTO})
  target_link_options(truerelay_boringssl INTERFACE LINKER:-rpath,${boringssl_directory})
elseif(TRUERELAY_BORINGSSL STREQUAL "fetch")
  include(FetchContent)
  FetchContent_Declare(boringssl
    GIT_REPOSITORY https://github.com/google/boringssl.git
    GIT_TAG ${TRUERELAY_BORINGSSL_COMMIT})
  FetchContent_GetProperties(boringssl)
  if(NOT boringssl_POPULATED)
    FetchContent_Populate(boringssl)
  endif()
  truerelay_build_boringssl(${boringssl_SOURCE_DIR})
elseif(EXISTS ${TRUERELAY_BORINGSSL}/include/openssl/base.h)
  truerelay_build_boringssl(${TRUERELAY_BORINGSSL})
else()
  message(FATAL_ERROR "TRUERELAY_BORINGSSL is '${TRUERELAY_BORINGSSL}', which is neither 'system' "
    "nor 'fetch' nor the path of a source tree of BoringSSL (include/openssl/base.h is missing).")
endif()
