# What every part of the stack stands on: messages, processes, ports, the remembered settings.
# shellcheck shell=bash

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# wait_until SECONDS COMMAND…: true as soon as COMMAND is, false after SECONDS.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

# is_process PID TEXT: PID lives and, where /proc tells, TEXT stands in its command line. A pid file
# outlives a kill -9 or a reboot, and its number may then be somebody else's.
is_process() {
    [[ $1 =~ ^[0-9]+$ ]] || return 1
    if [[ -r /proc/self/cmdline ]]; then
        grep -qsaF -- "$2" "/proc/$1/cmdline"
    else
        kill -0 "$1" 2>/dev/null
    fi
}

# show_log TITLE FILE…: the end of each file that has something to say, for the error that follows.
show_log() {
    local file
    for file in "${@:2}"; do
        [[ -s $file ]] || continue
        warn "--- $1: last lines of $file"
        tail -n 25 "$file" >&2
        warn "---"
    done
}

# ---- ports

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# port_holder PORT: "process PID (command)" of who listens there, as far as /proc tells; needs no ss or lsof.
port_holder() {
    local hex inode link pid
    printf -v hex '%04X' "$1"
    inode=$(awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null) || true
    [[ -n $inode ]] || return 0
    for link in /proc/[0-9]*/fd/*; do
        [[ $(readlink "$link" 2>/dev/null) == "socket:[$inode]" ]] || continue
        pid=${link#/proc/}
        pid=${pid%%/*}
        printf 'process %s (%.160s)' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"
        return 0
    done
}

# need_port PORT VARIABLE SERVICE: fails when somebody else listens on PORT.
need_port() {
    local holder
    is_open "$1" || return 0
    holder=$(port_holder "$1")
    die "port $1, wanted for $3, is taken by ${holder:-a process that this user may not see}.
Stop that process, or choose another port: $2=PORT deploy/local/stack start"
}

# ---- settings: what the environment asks for, what a running stack remembers, else the default

# remembered NAME: its value in stack.env; empty when there is none.
remembered() { [[ ! -r $stack_env ]] || sed -n "s/^$1=//p" "$stack_env"; }

# choose NAME DEFAULT: a running stack's ports are where it listens, whatever the environment says now.
choose() {
    local asked=${!1:-} kept
    kept=$(remembered "$1")
    if [[ -n $kept && -n $asked && $asked != "$kept" ]] && any_running; then
        port_conflict="the running stack has $1=$kept, but $1=$asked is asked for; stop it first: deploy/local/stack stop"
        asked=$kept
    fi
    printf -v "$3" '%s' "${asked:-${kept:-$2}}"
    [[ ${!3} =~ ^[1-9][0-9]{0,4}$ ]] && ((${!3} < 65536)) || die "$1 is '${!3}', but a port is a number from 1 to 65535"
}

load_settings() {
    port_conflict=''
    choose INTAKE_KAFKA_PORT 19092 kafka_port
    choose INTAKE_KAFKA_CONTROLLER_PORT 19093 controller_port
    choose INTAKE_PG_PORT 15432 pg_port
    choose INTAKE_KAFKA_SECURE_PORT 19094 secure_port
    secure=$(remembered INTAKE_KAFKA_SECURE)
    secure=${secure:-no}
    [[ $kafka_port != "$controller_port" && $kafka_port != "$pg_port" && $controller_port != "$pg_port" ]] ||
        die "INTAKE_KAFKA_PORT=$kafka_port, INTAKE_KAFKA_CONTROLLER_PORT=$controller_port and INTAKE_PG_PORT=$pg_port must differ"
}

print_env() {
    cat <<END
INTAKE_KAFKA_PORT=$kafka_port
INTAKE_KAFKA_CONTROLLER_PORT=$controller_port
INTAKE_PG_PORT=$pg_port
INTAKE_KAFKA__BROKERS=127.0.0.1:$kafka_port
INTAKE_DATABASE__URL=postgres://intake@127.0.0.1:$pg_port/intake
INTAKE_KAFKA_HOME=$kafka_home
INTAKE_PG_HOME=$pg_home
END
    [[ $secure == no ]] || printf '%s\n' "INTAKE_KAFKA_SECURE=yes" "INTAKE_KAFKA_SECURE_PORT=$secure_port"
}

save_env() {
    print_env >"$stack_env.new"
    mv "$stack_env.new" "$stack_env"
}
