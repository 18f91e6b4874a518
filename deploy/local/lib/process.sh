# The pipeline's processes: their names, ports, commands, and how they start, stop and stand.
# shellcheck shell=bash

run_dir=$local_dir/run
log_dir=$local_dir/log
nodes_dir=$local_dir/nodes
workers=(normalise match sink)
# The discard port, where nobody listens: a broker there is a network that is down.
nowhere=127.0.0.1:9

# The slugs in one line, in the order of the file.
provinces() { sed -n 's/^slug *= *"\([a-z0-9-]*\)".*/\1/p' "$root_dir/schemas/provinces.toml" | tr '\n' ' '; }

is_worker() { [[ " ${workers[*]} " == *" $1 "* ]]; }

need_names() {
    local name
    for name in "$@"; do
        is_worker "$name" || [[ " $(provinces) " == *" $name "* ]] ||
            die "there is no '$name': one of ${workers[*]} $(provinces)"
    done
}

need_binaries() {
    local binary
    for binary in intakectl intake-node intake-enrich intake-sink; do
        [[ -x $bin_dir/$binary ]] ||
            die "$bin_dir/$binary isn't there. Build it: deploy/local/cargo build --release --workspace"
    done
}

brokers() {
    local remembered
    remembered=$(remembered INTAKE_KAFKA__BROKERS)
    printf '%s' "${INTAKE_KAFKA__BROKERS:-${remembered:-127.0.0.1:19092}}"
}

need_stack() {
    local first
    first=$(brokers)
    first=${first%%,*}
    (exec 3<>"/dev/tcp/${first%:*}/${first##*:}") 2>/dev/null ||
        die "no broker answers at $first. Start the local stack: deploy/local/stack start"
}

port_of() {
    local port
    case $1 in
        normalise) port=${INTAKE_NORMALISE_PORT:-18081} ;;
        match) port=${INTAKE_MATCH_PORT:-18082} ;;
        sink) port=${INTAKE_SINK_PORT:-18083} ;;
        *) port=$(sed -n 's/^listen *= *"[^"]*:\([0-9]*\)".*/\1/p' "$nodes_dir/$1/node.toml" 2>/dev/null) || true ;;
    esac
    printf '%s' "$port"
}

# Where a process listens: as it was started, else as it would be.
url_of() {
    local port
    port=$(supervised "$1" port) || port=$(port_of "$1")
    [[ -z $port ]] || printf 'http://127.0.0.1:%s' "$port"
}

# command_of NAME PORT BROKERS: fills the array `command`. Nodes stand back for the centre, as the machines
# they run on elsewhere would.
command_of() {
    local -a shared=("INTAKE_KAFKA__BROKERS=$3")
    case $1 in
        normalise) command=(env "${shared[@]}" "INTAKE_NORMALISE__LISTEN=127.0.0.1:$2" "$bin_dir/intake-enrich" normalise) ;;
        match) command=(env "${shared[@]}" "INTAKE_MATCH__LISTEN=127.0.0.1:$2" "$bin_dir/intake-enrich" match) ;;
        sink) command=(env "${shared[@]}" "INTAKE_HEALTH__LISTEN=127.0.0.1:$2" "$bin_dir/intake-sink") ;;
        *) command=(nice -n 10 env "${shared[@]}" "$bin_dir/intake-node" run --dir "$nodes_dir/$1") ;;
    esac
}

# ---- what runs

# supervised NAME WHAT: the pid, port or brokers of NAME's supervisor; false when there is none. They
# are in its command line, so no file can say otherwise.
supervised() {
    local pid
    local -a words=()
    pid=$(cat "$run_dir/$1.pid" 2>/dev/null) && [[ $pid =~ ^[0-9]+$ ]] || return 1
    mapfile -d '' -t words 2>/dev/null <"/proc/$pid/cmdline" || return 1
    ((${#words[@]} >= 5)) || return 1
    [[ ${words[-5]} == "$pipeline" && ${words[-4]} == supervise && ${words[-3]} == "$1" ]] || return 1
    case $2 in
        pid) printf '%s' "$pid" ;;
        port) printf '%s' "${words[-2]}" ;;
        brokers) printf '%s' "${words[-1]}" ;;
    esac
}

# The process itself, whether or not its supervisor lives.
child_of() {
    local pid text=intake-
    is_worker "$1" || text=$nodes_dir/$1
    pid=$(cat "$run_dir/$1.child" 2>/dev/null) && is_process "$pid" "$text" && printf '%s' "$pid"
}

is_stopped() { ! supervised "$1" pid >/dev/null && ! child_of "$1" >/dev/null; }

# The binary was built anew since.
is_outdated() {
    local pid
    pid=$(child_of "$1") && [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == *' (deleted)' ]]
}

# http_get PORT PATH: the status code, then the body; false when nobody answers within 2 s.
http_get() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
        printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
        read -rt 2 _ code _ <&3 || exit 1
        printf '%s\n' "$code"
        while read -rt 2 line <&3 && [[ $line != $'\r' ]]; do :; done
        while read -rt 2 line <&3; do printf '%s\n' "${line%$'\r'}"; done
    ) 2>/dev/null
}

is_ready() {
    local port
    port=$(supervised "$1" port) && child_of "$1" >/dev/null && [[ $(http_get "$port" /readyz) == 200* ]]
}

# describe NAME: a line of `status`; false unless it runs and is ready.
describe() {
    local name=$1 state=stopped detail='' pid ready restarts=0
    pid=$(child_of "$name") || pid=-
    if supervised "$name" pid >/dev/null; then
        state=starting
        restarts=$(cat "$run_dir/$name.restarts" 2>/dev/null) || restarts=0
        if ready=$(http_get "$(supervised "$name" port)" /readyz); then
            state=running
            [[ $ready == 200* ]] || { state=waiting && detail=${ready#*$'\n'}; }
        fi
        [[ $(supervised "$name" brokers) != "$nowhere" ]] || detail='offline: its broker is nowhere'
    elif [[ $pid != - ]]; then
        state=orphan
        detail='its supervisor is gone: deploy/local/pipeline start'
    fi
    printf '%-13s %-9s %-8s %-8s %-23s %s\n' "$name" "$state" "$pid" "$restarts" "$(url_of "$name")" "${detail%%$'\n'*}"
    [[ $state == running ]]
}

# ---- up and down

# bring_up OFFLINE NAME…: starts what doesn't run as it should: not at all, elsewhere, on another broker,
# from an older build, or without a supervisor.
bring_up() {
    local offline=$1 name port brokers wanted
    local -a changed=()
    shift
    brokers=$(brokers)
    for name in "$@"; do
        wanted=$brokers
        [[ ",$offline," != *",$name,"* ]] || wanted=$nowhere
        runs_at "$name" "$(port_of "$name")" "$wanted" || changed+=("$name")
    done
    ((${#changed[@]} == 0)) || bring_down "${changed[@]}"
    for name in "${changed[@]}"; do
        port=$(port_of "$name")
        wanted=$brokers
        [[ ",$offline," != *",$name,"* ]] || wanted=$nowhere
        need_port "$port" "$(port_variable "$name")" "$name"
        rm -f "$run_dir/$name".{pid,child,restarts}
        setsid bash "$pipeline" supervise "$name" "$port" "$wanted" </dev/null >>"$log_dir/$name.log" 2>&1 8>&- &
    done
    for name in "$@"; do
        wait_until "${INTAKE_START_SECONDS:-60}" is_ready "$name" || {
            show_log "$name" "$log_dir/$name.log"
            die "$name is not ready after ${INTAKE_START_SECONDS:-60} s ($(http_get "$(port_of "$name")" /readyz | tail -n +2)); the lines above may say why"
        }
    done
}

runs_at() {
    [[ $(supervised "$1" port) == "$2" && $(supervised "$1" brokers) == "$3" ]] && ! is_outdated "$1"
}

port_variable() { if is_worker "$1"; then printf 'INTAKE_%s_PORT' "${1^^}"; else printf INTAKE_NODE_BASE_PORT; fi; }

# A supervisor gives its process $grace_seconds; a process without one gets the same here.
bring_down() {
    local name pid deadline=$((SECONDS + grace_seconds + 5))
    for name in "$@"; do
        pid=$(supervised "$name" pid) || pid=$(child_of "$name") || continue
        kill -TERM "$pid" 2>/dev/null || true
    done
    for name in "$@"; do
        if ! wait_until $((deadline > SECONDS ? deadline - SECONDS : 1)) is_stopped "$name"; then
            warn "$name did not stop in $grace_seconds s: killing it"
            for pid in $(supervised "$name" pid) $(child_of "$name"); do kill -KILL "$pid" 2>/dev/null || true; done
            wait_until 10 is_stopped "$name" || die "$name can't be killed by user $(id -un)"
        fi
        rm -f "$run_dir/$name".{pid,child,restarts}
    done
}
