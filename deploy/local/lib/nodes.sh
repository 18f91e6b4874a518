# The nodes' folders and what they need at the centre: topics, tables, registration.
# shellcheck shell=bash

intakectl() { "$bin_dir/intakectl" "$@"; }

# quietly FILE COMMAND…: its output goes to FILE, and is shown when it fails.
quietly() {
    local file=$log_dir/$1
    shift
    "$@" >"$file" 2>&1 || {
        show_log "$*" "$file"
        die "failed: $*"
    }
}

make_topics_and_tables() {
    quietly topics.log intakectl topics apply --execute
    quietly migrate.log intakectl register migrate --execute
}

# The cluster and namespace that the nodes publish to. A node that comes to another one would report
# everything it ever published as missing there.
centre() {
    local home
    home=$(remembered INTAKE_KAFKA_HOME)
    printf '%s %s' "$(sed -n 's/^cluster.id=//p' "$home/data/meta.properties" 2>/dev/null)" "${INTAKE_KAFKA__NAMESPACE:-}"
}

# Made beside its place and moved there when complete: one that was cut short is made anew.
make_nodes() {
    local slug here port=${INTAKE_NODE_BASE_PORT:-18101} aside
    here=$(centre)
    if [[ -f $nodes_dir/centre && $(<"$nodes_dir/centre") != "$here" ]]; then
        aside=$nodes_dir.before-$(date +%Y%m%dT%H%M%S)
        bring_down "$@"
        mv -T "$nodes_dir" "$aside"
        say "the nodes belong to another Kafka cluster or namespace; new ones are made, the old are in $aside"
    fi
    mkdir -p "$nodes_dir"
    printf '%s' "$here" >"$nodes_dir/centre"
    for slug in "$@"; do
        if [[ ! -d $nodes_dir/$slug ]]; then
            rm -rf "$nodes_dir/$slug.new"
            quietly init.log "$bin_dir/intake-node" init --dir "$nodes_dir/$slug.new" --node-id "$slug-01" \
                --province "$slug" --listen "127.0.0.1:$port"
            sed -n 's/^public key //p' "$log_dir/init.log" >"$nodes_dir/$slug.new/public-key"
            mv -T "$nodes_dir/$slug.new" "$nodes_dir/$slug"
        elif [[ -n ${INTAKE_NODE_BASE_PORT:-} && $(port_of "$slug") != "$port" ]]; then
            sed -i "s/^listen *=.*/listen = \"127.0.0.1:$port\"/" "$nodes_dir/$slug/node.toml"
        fi
        port=$((port + 1))
    done
}

# Side by side, as each waits until the register shows it. A node that is registered is left alone.
register_nodes() {
    local slug
    for slug in "$@"; do
        printf '%s-01 --province %s --public-key %s\n' "$slug" "$slug" "$(<"$nodes_dir/$slug/public-key")"
    done | quietly register.log xargs -P 7 -L 1 "$bin_dir/intakectl" node add --execute --wait 60
}
