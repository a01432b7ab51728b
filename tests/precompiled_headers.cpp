// CMake needs a source to precompile headers for; see CMakeLists.txt.
