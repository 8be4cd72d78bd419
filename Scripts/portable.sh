# What GNU's tools have and macOS's don't, in words that both understand; bash 3.2 is enough. Read by `.`.

# Processors here.
processors() { getconf _NPROCESSORS_ONLN; }

# Of a path that need not be there yet: absolute, links of what is there resolved.
absolute() {
    local path=$1 rest=
    case $path in /*) ;; *) path=$PWD/$path ;; esac
    while [ ! -d "$path" ]; do
        rest=/${path##*/}$rest
        path=${path%/*}
        [ -n "$path" ] || path=/
    done
    path=$(cd "$path" && pwd -P)
    printf '%s\n' "${path%/}$rest"
}

# SECONDS COMMAND...: with a limit where there is a program for it.
limited() {
    if command -v timeout >/dev/null; then timeout "$@"; else shift && "$@"; fi
}

is_macos() { [ "$(uname -s)" = Darwin ]; }
