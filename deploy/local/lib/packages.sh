# `stack install`: what the project builds and runs with, from Debian's packages and Maven's jars.
# shellcheck shell=bash

has_command() { command -v "$1" >/dev/null; }
has_postgres() { pg_find_bin; }

# Package, and how to tell that what it brings is there already, from a package or otherwise.
needed_packages() {
    cat <<'END'
maven                 has_command mvn
default-jre-headless  has_command java
postgresql            has_postgres
gcc                   has_command gcc
g++                   has_command g++
make                  has_command make
pkg-config            has_command pkg-config
libssl-dev            test -f /usr/include/openssl/ssl.h
zlib1g-dev            test -f /usr/include/zlib.h
END
}

missing_packages() {
    local package probe
    needed_packages | while read -r package probe; do
        $probe || printf '%s ' "$package"
    done
}

# as_root COMMAND…: with the rights that installing needs; false when there are none.
as_root() {
    if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

may_install() { ((EUID == 0)) || { has_command sudo && sudo -n true 2>/dev/null; }; }

install_packages() {
    local missing
    missing=$(missing_packages)
    [[ -n $missing ]] || return 0
    local -a packages=() apt
    read -ra packages <<<"$missing"
    apt=(apt-get install -y --no-install-recommends "${packages[@]}")
    has_command apt-get ||
        die "missing: ${packages[*]}. This is no Debian, so install what these packages bring yourself, then run this again"
    may_install || die "missing Debian packages: ${packages[*]}
This user may not install them (neither root nor sudo without a password). Have them installed, then run this again:
  apt-get update && ${apt[*]}"
    [[ -r /proc/self/cmdline ]] ||
        die "/proc isn't mounted, and Java needs it. Mount it, then run this again: mount -t proc proc /proc"

    say "installing Debian packages: ${packages[*]}"
    [[ " ${packages[*]} " != *' postgresql '* ]] || no_main_cluster
    as_root apt-get update -qq -o DPkg::Lock::Timeout=120 || warn 'apt-get update failed; trying with the lists there are'
    as_root env DEBIAN_FRONTEND=noninteractive "${apt[@]}" -qq -o DPkg::Lock::Timeout=120 \
        </dev/null >"$local_dir/apt.log" 2>&1 || {
        show_log 'apt-get' "$local_dir/apt.log"
        die "apt-get could not install: ${packages[*]}; the lines above say why"
    }
    missing=$(missing_packages)
    [[ -z $missing ]] || die "installed, and still missing: $missing(see $local_dir/apt.log)"
}

# Debian's package would make a cluster of its own and start it on port 5432.
no_main_cluster() {
    local file=/etc/postgresql-common/createcluster.conf
    ! grep -qsE '^[[:space:]]*create_main_cluster[[:space:]]*=[[:space:]]*false' "$file" || return 0
    say "  $file: create_main_cluster = false, so that the package starts no cluster of its own"
    as_root mkdir -p "${file%/*}"
    [[ ! -f $file ]] || as_root sed -i -E 's/^([[:space:]]*create_main_cluster[[:space:]]*=)/#\1/' "$file"
    printf 'create_main_cluster = false\n' | as_root tee -a "$file" >/dev/null
}

check_java() {
    local version
    version=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = \([0-9]*\).*/\1/p')
    ((${version:-0} >= 17)) || die "$(command -v java) is Java ${version:-of an unknown version}, and Kafka 4 needs 17 or newer. Install default-jre-headless, or put a newer java first on PATH"
}

# The jars are fetched again only when pom.xml has changed.
install_kafka() {
    local libs=$kafka_home/libs
    ! kafka_installed || return 0
    say 'fetching Kafka and its libraries (about 55 MB)'
    rm -rf "$libs.new"
    mkdir -p "$kafka_home"
    mvn -q -B -C -f "$stack_dir/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$libs.new" </dev/null >"$local_dir/maven.log" 2>&1 || {
        show_log 'Maven' "$local_dir/maven.log"
        die "Maven could not fetch the jars that $stack_dir/pom.xml names. If there is no network, try again later; what has come stays"
    }
    sha256sum <"$stack_dir/pom.xml" >"$libs.new/.pom.sha256"
    rm -rf "$libs"
    mv -T "$libs.new" "$libs"
}
