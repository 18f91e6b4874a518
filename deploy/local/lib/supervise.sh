# One process and what keeps it running, as systemd would: started again when it ends, stopped in order.
# shellcheck shell=bash

# Longer than a worker's own grace (the sink's is 20 s).
grace_seconds=30
longest_pause=10
largest_log=$((32 << 20))

# supervise NAME PORT BROKERS: runs until SIGTERM. A process that ran for 5 s is started again after 0.3 s, one that
# ends sooner after pauses that double up to 10 s.
supervise() {
    local name=$1 child='' stopping='' pause=3 restarts=0 started code
    local -a command
    trap 'stopping=yes; [[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true' TERM INT
    trap '' HUP
    echo $$ >"$run_dir/$name.pid"
    command_of "$@"
    until [[ -n $stopping ]]; do
        rotate "$log_dir/$name.log"
        "${command[@]}" </dev/null >>"$log_dir/$name.log" 2>&1 &
        child=$!
        # Told to stop before the trap knew whom to tell.
        [[ -z $stopping ]] || break
        echo "$child" >"$run_dir/$name.child"
        echo "$restarts" >"$run_dir/$name.restarts"
        started=$SECONDS
        code=0
        wait "$child" || code=$?
        [[ -z $stopping ]] || break
        child=''
        if ((SECONDS - started >= 5)); then pause=3; fi
        note "$name" "$name ended with code $code; started again in $((pause / 10)).$((pause % 10)) s"
        restarts=$((restarts + 1))
        sleep "$((pause / 10)).$((pause % 10))" & wait $! || true
        pause=$((pause * 2 < longest_pause * 10 ? pause * 2 : longest_pause * 10))
    done
    [[ -z $child ]] || end "$name" "$child"
}

# end NAME PID: stops a process in order.
end() {
    kill -TERM "$2" 2>/dev/null || return 0
    if ! wait_until "$grace_seconds" eval "! kill -0 $2 2>/dev/null"; then
        note "$1" "$1 did not stop in $grace_seconds s: killing it"
        kill -KILL "$2" 2>/dev/null || true
        wait "$2" || true
    fi
}

# note NAME TEXT: the supervisor's own line among the JSON lines of its process.
note() {
    TZ=UTC printf '{"timestamp":"%(%FT%TZ)T","level":"WARN","message":"%s","target":"pipeline"}\n' -1 "$2" \
        >>"$log_dir/$1.log"
}

rotate() {
    local bytes
    bytes=$(stat -c %s "$1" 2>/dev/null) || return 0
    ((bytes < largest_log)) || mv -f "$1" "$1.before"
}
