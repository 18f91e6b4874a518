# PostgreSQL: a cluster of our own from Debian's package. It refuses to run as root, so as root it runs
# as the package's user, in a folder that this user may enter.
# shellcheck shell=bash

# pg_locate: where the data lies (pg_home) and whose it is (pg_user).
pg_locate() {
    pg_home=$local_dir/postgres
    pg_user=$(id -un)
    if ((EUID == 0)); then
        pg_user=postgres
        local away
        away=/var/lib/postgresql/intake-local-$(printf '%s' "$root_dir" | sha256sum | cut -c1-8)
        # Once there, it stays there, even if the repository has become a place that postgres may enter.
        if [[ -d $away ]] || ! pg_may_enter; then pg_home=$away; fi
    fi
    pg_data=$pg_home/data
    pg_log=$pg_home/postgres.log
    if [[ -d $pg_data ]]; then
        local owner
        owner=$(stat -c %U "$pg_data")
        ((EUID == 0)) || [[ $owner == "$pg_user" ]] ||
            die "$pg_data belongs to user $owner, this is user $pg_user. Run it as $owner or as root"
        pg_user=$owner
    fi
}

# Without the package's user there is nobody to ask yet: `install` makes it.
pg_may_enter() {
    id postgres >/dev/null 2>&1 || return 0
    runuser -u postgres -- test -x "$root_dir" -a -r "$root_dir" 2>/dev/null
}

# as_pg COMMAND…: as the user whose data it is, from a folder that everyone may enter.
as_pg() {
    if ((EUID == 0)); then
        (cd / && exec runuser -u "$pg_user" -- "$@")
    else
        (cd / && exec "$@")
    fi
}

# The newest PostgreSQL from 15 on; Debian keeps each major version in a folder of its own. Data that
# exists is opened by the version that made it.
pg_find_bin() {
    local dir version wanted='' best=0
    [[ ! -f ${pg_data:-}/PG_VERSION ]] || wanted=$(<"$pg_data/PG_VERSION")
    pg_bin=''
    for dir in /usr/lib/postgresql/*/bin; do
        version=${dir#/usr/lib/postgresql/}
        version=${version%/bin}
        [[ -x $dir/postgres && $version =~ ^[0-9]+$ ]] || continue
        if ((version >= 15 && version > best)) && [[ -z $wanted || $wanted == "$version" ]]; then
            best=$version
            pg_bin=$dir
        fi
    done
    [[ -n $pg_bin ]]
}

pg_need_installed() {
    pg_find_bin && return 0
    [[ ! -f $pg_data/PG_VERSION ]] ||
        die "the data in $pg_data needs PostgreSQL $(<"$pg_data/PG_VERSION"), which isn't in /usr/lib/postgresql. Install it, or drop the data: deploy/local/stack wipe --yes"
    die "no PostgreSQL 15 or newer in /usr/lib/postgresql/*/bin. Run: deploy/local/stack install"
}

pg_pid() {
    local pid
    pid=$(head -n 1 "$pg_data/postmaster.pid" 2>/dev/null) && is_process "$pid" "$pg_data" && printf '%s' "$pid"
}

pg_running() { pg_pid >/dev/null; }

pg_ready() { "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$pg_port" -U postgres; }

pg_sql() { "$pg_bin/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$pg_port" -U postgres -d "$1" -Atc "$2"; }

# Made beside its place and moved there when complete: one that was cut short is made anew.
pg_init() {
    [[ ! -f $pg_data/PG_VERSION ]] || return 0
    mkdir -p "$pg_home"
    ((EUID != 0)) || chown "$pg_user:" "$pg_home"
    rm -rf "$pg_data.new"
    # trust: whoever can reach this machine's loopback can read it. It is for synthetic data.
    as_pg "$pg_bin/initdb" -D "$pg_data.new" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$pg_home/initdb.log" 2>&1 || {
        show_log 'PostgreSQL' "$pg_home/initdb.log"
        die "initdb could not make $pg_data; the lines above say why"
    }
    printf "include_if_exists 'intake.conf'\n" >>"$pg_data.new/postgresql.conf"
    mv -T "$pg_data.new" "$pg_data"
}

pg_configure() {
    local text compression=lz4
    as_pg "$pg_bin/postgres" -D "$pg_data" -c wal_compression=lz4 -C wal_compression >/dev/null 2>&1 || compression=on
    text=$(<"$stack_dir/postgresql.conf.in")
    text=${text//@PORT@/"$pg_port"}
    text=${text//@SHARED_BUFFERS@/"${INTAKE_PG_SHARED_BUFFERS:-512MB}"}
    text=${text//@WAL_COMPRESSION@/"$compression"}
    printf '%s\n' "$text" | as_pg tee "$pg_data/intake.conf" >/dev/null
}

# After a kill -9 of the postmaster its children may need a moment to notice: until they are gone,
# PostgreSQL rightly refuses to start beside them.
pg_start() {
    pg_running && return 0
    pg_init
    pg_configure
    pg_drop_foreign_pid
    [[ ! -f $pg_log ]] || mv -f "$pg_log" "$pg_log.before"
    local deadline=$((SECONDS + 30))
    until pg_ctl start -l "$pg_log" -t "${INTAKE_START_SECONDS:-90}"; do
        if ! grep -q 'pre-existing shared memory block' "$pg_log" 2>/dev/null || ((SECONDS >= deadline)); then
            show_log 'PostgreSQL' "$pg_log" "$pg_home/pg_ctl.log"
            die "PostgreSQL did not start on port $pg_port; the lines above say why"
        fi
        rm -f "$pg_log"
        sleep 0.5
    done
}

pg_ctl() { as_pg "$pg_bin/pg_ctl" "$1" -s -w -D "$pg_data" "${@:2}" </dev/null >"$pg_home/pg_ctl.log" 2>&1 8>&-; }

# A postmaster.pid whose number is another program's by now would stop PostgreSQL for ever. One of a dead
# process stays: PostgreSQL reads in it which shared memory to look for.
pg_drop_foreign_pid() {
    local pid
    pid=$(head -n 1 "$pg_data/postmaster.pid" 2>/dev/null) || return 0
    [[ $pid =~ ^[0-9]+$ ]] && kill -0 "$pid" 2>/dev/null || return 0
    rm -f "$pg_data/postmaster.pid"
}

# Waits out a recovery, then sees to it that role and database exist.
pg_await() {
    if ! wait_until "${INTAKE_START_SECONDS:-90}" pg_ready; then
        show_log 'PostgreSQL' "$pg_log"
        die "PostgreSQL did not answer on port $pg_port in ${INTAKE_START_SECONDS:-90} s (INTAKE_START_SECONDS allows more)"
    fi
    [[ $(pg_sql postgres "SELECT count(*) FROM pg_roles WHERE rolname = 'intake'") == 1 ]] ||
        pg_sql postgres 'CREATE ROLE intake LOGIN CREATEDB CREATEROLE'
    # Or a database can't be dropped while autovacuum is in it.
    pg_sql postgres 'SET client_min_messages = warning; GRANT pg_signal_backend TO intake'
    [[ $(pg_sql postgres "SELECT count(*) FROM pg_database WHERE datname = 'intake'") == 1 ]] ||
        pg_sql postgres 'CREATE DATABASE intake OWNER intake'
}

# fast ends sessions and checkpoints; immediate leaves a recovery to the next start, and loses nothing.
pg_stop() {
    local pid
    pid=$(pg_pid) || return 0
    pg_need_installed
    pg_ctl stop -m fast -t 60 && return 0
    warn "PostgreSQL (process $pid) did not stop in 60 s: stopping it at once"
    pg_ctl stop -m immediate -t 20 && return 0
    kill -KILL "$pid" 2>/dev/null || true
    wait_until 10 eval '! pg_running' || die "PostgreSQL (process $pid) can't be killed by user $(id -un)"
}

pg_wipe() { rm -rf "${pg_home:?}"; }
