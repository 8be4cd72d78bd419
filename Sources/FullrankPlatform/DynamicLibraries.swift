#if canImport(Darwin)
    @_exported import func Darwin.dlerror
    @_exported import func Darwin.dlopen
    @_exported import func Darwin.dlsym
    @_exported import var Darwin.RTLD_LOCAL
    @_exported import var Darwin.RTLD_NOW
#else
    @_exported import func Glibc.dlerror
    @_exported import func Glibc.dlopen
    @_exported import func Glibc.dlsym
    @_exported import var Glibc.RTLD_LOCAL
    @_exported import var Glibc.RTLD_NOW
#endif

package enum DynamicLibrary {
    #if canImport(Darwin)
        /// Of a library's file name.
        package static let suffix = ".dylib"
        /// The variable with folders that the loader looks in first.
        package static let pathVariable = "DYLD_LIBRARY_PATH"
    #else
        /// Of a library's file name.
        package static let suffix = ".so"
        /// The variable with folders that the loader looks in first.
        package static let pathVariable = "LD_LIBRARY_PATH"
    #endif
}
