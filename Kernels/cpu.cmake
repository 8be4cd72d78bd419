# The CPU backend, as a static library and as one to load: what the kernels' own build (CMakeLists.txt) and the Python
# package (Scripts/python) share. C alone: CXX counts where the project that includes this has it.
option(FULLRANK_DEVELOPER "Warnings are errors" OFF)
set(FULLRANK_SANITIZE "" CACHE STRING "address, undefined, thread, or a list of them with commas")
set(fullrank_kernels ${CMAKE_CURRENT_LIST_DIR})

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Samples must have the same bits everywhere, so no compiler may fuse a multiplication and an addition by itself.
set(host_languages C,CXX)
add_compile_options("$<$<COMPILE_LANGUAGE:${host_languages}>:-ffp-contract=off;-fno-math-errno>")
add_compile_options("$<$<COMPILE_LANGUAGE:${host_languages}>:-Wall;-Wextra;-Wshadow>"
                    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>)
if(FULLRANK_DEVELOPER)
  add_compile_options($<$<COMPILE_LANGUAGE:${host_languages}>:-Werror>)
endif()
if(FULLRANK_SANITIZE)
  add_compile_options("$<$<COMPILE_LANGUAGE:${host_languages}>:-fsanitize=${FULLRANK_SANITIZE};-fno-sanitize-recover=all;-fno-omit-frame-pointer>")
  add_link_options(-fsanitize=${FULLRANK_SANITIZE})
endif()

# LAPACKE is loaded at run time; only its header is needed to build.
find_package(Threads REQUIRED)
find_path(FULLRANK_LAPACKE_INCLUDE lapacke.h PATH_SUFFIXES openblas lapacke flexiblas REQUIRED)

# GMP: its archive where that may go into a library that travels, else the shared library. Debian's archive may not: it is
# not position-independent.
find_path(FULLRANK_GMP_INCLUDE gmp.h REQUIRED)
find_library(FULLRANK_GMP NAMES gmp REQUIRED)
find_library(FULLRANK_GMP_ARCHIVE NAMES libgmp.a)
if(FULLRANK_GMP_ARCHIVE)
  include(CheckCSourceCompiles)
  set(CMAKE_REQUIRED_INCLUDES ${FULLRANK_GMP_INCLUDE})
  set(CMAKE_REQUIRED_LIBRARIES ${FULLRANK_GMP_ARCHIVE})
  set(CMAKE_REQUIRED_LINK_OPTIONS -shared)
  check_c_source_compiles("#include <gmp.h>
int main(void) { mpz_t a; mpz_init_set_ui(a, 3); mpz_gcd(a, a, a); mpz_mul(a, a, a); return mpz_sgn(a); }"
    FULLRANK_GMP_ARCHIVE_IS_SHAREABLE)
  unset(CMAKE_REQUIRED_INCLUDES)
  unset(CMAKE_REQUIRED_LIBRARIES)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
endif()
set(gmp $<IF:$<BOOL:${FULLRANK_GMP_ARCHIVE_IS_SHAREABLE}>,${FULLRANK_GMP_ARCHIVE},${FULLRANK_GMP}>)

file(GLOB_RECURSE cpu_sources CONFIGURE_DEPENDS ${fullrank_kernels}/cpu/*.c)
add_library(fullrank_cpu STATIC ${cpu_sources})
target_include_directories(fullrank_cpu
  PUBLIC ${fullrank_kernels}/include ${FULLRANK_GMP_INCLUDE}
  PRIVATE ${fullrank_kernels}/cpu ${fullrank_kernels}/common ${FULLRANK_LAPACKE_INCLUDE})
# gcc vectorises the kernels' plain loops from -O3 on, clang from -O2.
target_compile_options(fullrank_cpu PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O3>)
target_link_libraries(fullrank_cpu
  PUBLIC Threads::Threads ${CMAKE_DL_LIBS} m ${gmp})

# The same backend as a library to load.
add_library(fullrank_cpu_backend SHARED ${fullrank_kernels}/shared/cpu_backend.c ${fullrank_kernels}/shared/hashes.c)
target_link_libraries(fullrank_cpu_backend PRIVATE fullrank_cpu)
