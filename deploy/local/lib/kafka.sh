# Apache Kafka: one KRaft node from its jars, in .local/kafka.
# shellcheck shell=bash

kafka_home=$local_dir/kafka
kafka_config=$kafka_home/server.properties
kafka_log=$kafka_home/kafka.log
kafka_out=$kafka_home/kafka.out
kafka_pid_file=$kafka_home/kafka.pid
kafka_started=$kafka_home/kafka.started

kafka_pid() {
    local pid
    pid=$(cat "$kafka_pid_file" 2>/dev/null) && is_process "$pid" "$kafka_config" && printf '%s' "$pid"
}

kafka_running() { kafka_pid >/dev/null; }

# Its port opens before it serves, so its log has to say so too; remembered in a file, as the log rolls over.
kafka_ready() {
    [[ -f $kafka_started ]] || grep -qs 'Kafka Server started' "$kafka_log" || return 1
    is_open "$kafka_port"
}

# Ready, or dead: either way there is nothing left to wait for.
kafka_settled() { kafka_ready || ! kafka_running; }

# The jars carry the checksum of the pom.xml that they were fetched for.
kafka_installed() {
    [[ $(cat "$kafka_home/libs/.pom.sha256" 2>/dev/null) == "$(sha256sum <"$stack_dir/pom.xml")" ]]
}

kafka_need_installed() {
    kafka_installed && command -v java >/dev/null ||
        die "Java, or the jars that $stack_dir/pom.xml names, are not installed. Run: deploy/local/stack install"
}

kafka_configure() {
    local text
    text=$(<"$stack_dir/server.properties.in")
    [[ $secure == no ]] || text+=$'\n'$(<"$stack_dir/secure.properties.in")
    text=${text//@SECURE_PORT@/"$secure_port"}
    text=${text//@PORT@/"$kafka_port"}
    text=${text//@CONTROLLER_PORT@/"$controller_port"}
    text=${text//@DATA@/"$kafka_home/data"}
    printf '%s\n' "$text" >"$kafka_config"
}

# A format that was cut short leaves a folder without meta.properties: made anew, it held nothing yet.
kafka_format() {
    [[ ! -f $kafka_home/data/meta.properties ]] || return 0
    local id
    id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | tr -d '=')
    rm -rf "$kafka_home/data"
    "$stack_dir/kafka-tool" kafka.tools.StorageTool format -t "$id" -c "$kafka_config" >"$kafka_out" 2>&1 || {
        show_log 'Kafka' "$kafka_out"
        die "Kafka could not format $kafka_home/data; the lines above say why"
    }
}

# Starts the broker in a session of its own, so that neither the terminal nor `make` holds it.
kafka_start() {
    kafka_running && return 0
    kafka_configure
    kafka_format
    rm -f "$kafka_pid_file" "$kafka_started"
    [[ ! -f $kafka_log ]] || mv "$kafka_log" "$kafka_log.before"
    # shellcheck disable=SC2016  # $$, $0 and $@ are the inner shell's
    setsid bash -c 'echo $$ >"$0" && exec "$@"' "$kafka_pid_file" \
        java "-Xmx${INTAKE_KAFKA_HEAP:-1g}" -XX:MaxGCPauseMillis=20 -XX:+ExitOnOutOfMemoryError \
        "-XX:ErrorFile=$kafka_home/hs_err_%p.log" -Djava.awt.headless=true -cp "$kafka_home/libs/*" \
        -Dlog4j2.configurationFile="$stack_dir/log4j2-broker.yaml" -Dintake.log="$kafka_log" \
        kafka.Kafka "$kafka_config" </dev/null >"$kafka_out" 2>&1 8>&- &
    wait_until 5 test -s "$kafka_pid_file" || die "Kafka's process did not start; see $kafka_out"
}

kafka_await() {
    if wait_until "${INTAKE_START_SECONDS:-90}" kafka_settled && kafka_running; then
        [[ -f $kafka_started ]] || : >"$kafka_started"
        return 0
    fi
    show_log 'Kafka' "$kafka_log" "$kafka_out"
    if kafka_running; then
        die "Kafka did not answer on port $kafka_port in ${INTAKE_START_SECONDS:-90} s (INTAKE_START_SECONDS allows more)"
    fi
    die "Kafka ended while starting; the lines above say why"
}

kafka_stop() {
    local pid
    pid=$(kafka_pid) || return 0
    kill -TERM "$pid" 2>/dev/null || true
    if ! wait_until 30 eval '! kafka_running'; then
        warn "Kafka (process $pid) did not stop in 30 s: killing it"
        kill -KILL "$pid" 2>/dev/null || true
        wait_until 10 eval '! kafka_running' || die "Kafka (process $pid) can't be killed by user $(id -un)"
    fi
    rm -f "$kafka_pid_file" "$kafka_started"
}

kafka_wipe() {
    rm -rf "${kafka_home:?}/data" "$kafka_home/users" "$kafka_config" "$kafka_home"/kafka.{log,out}* "$kafka_pid_file" "$kafka_started"
}

# ---- the secure listener: users and what they may do

kafka_need_secure() {
    [[ $secure == yes ]] || die "the local stack has no secure listener. Run: deploy/local/stack stop, then start --secure"
    kafka_running && kafka_ready || die "Kafka doesn't answer. Run: deploy/local/stack start --secure"
}

# A password is made for each user and kept where only its owner may look; it is never printed, and never an
# argument of a process.
kafka_user() {
    local name=$1 users=$kafka_home/users
    (umask 077 && mkdir -p "$users")
    [[ -s $users/$name ]] || (umask 077 && head -c 24 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_' >"$users/$name")
    (umask 077 && printf 'SCRAM-SHA-512=iterations=8192,password=%s\n' "$(<"$users/$name")" >"$users/.$name.config")
    # What it complains of quotes the password.
    (umask 077 && "$stack_dir/kafka-tool" kafka.admin.ConfigCommand --bootstrap-server "127.0.0.1:$kafka_port" --alter \
        --entity-type users --entity-name "$name" --add-config-file "$users/.$name.config" \
        </dev/null >"$users/.$name.refused" 2>&1) || {
        rm -f "$users/.$name.config"
        die "Kafka refuses user $name; see $users/.$name.refused"
    }
    rm -f "$users/.$name.config" "$users/.$name.refused"
}

# kafka_grant LINES: a call of kafka-acls for each line.
kafka_grant() {
    local -a words
    while read -ra words; do
        ((${#words[@]})) || continue
        "$stack_dir/kafka-tool" org.apache.kafka.tools.AclCommand --bootstrap-server "127.0.0.1:$kafka_port" \
            "${words[@]}" </dev/null >/dev/null || die "kafka-acls refuses: ${words[*]}"
    done <<<"$1"
}
