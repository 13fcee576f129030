#!/usr/bin/env bash
# Several hosts on this machine: an sshd each, in a network namespace of its own, with PowerShell as its subsystem and a root of its own for containers.
# Run it in mount, network and PID namespaces of its own (unshare --mount --net --pid --fork --kill-child --mount-proc): nothing of it outlives its first
# process, and no packet leaves the machine.
#
#   lab.sh FOLDER HOST=MODULES… -- COMMAND…    MODULES: where PowerShell finds modules there; the host 'silent' answers nobody
#
# FOLDER gets key (of the one user), HOST.pid (of its sshd), HOST.log and HOST/ (its containers).
set -euo pipefail
lab=$1 number=0
shift
pwsh=$(readlink -f "$(command -v pwsh)")
# What sshd and ssh read and write elsewhere on this machine is not theirs here.
mount -t tmpfs tmpfs /run
mkdir /run/sshd
[ ! -d ~/.ssh ] || mount -t tmpfs tmpfs ~/.ssh
sed 's/^root:[^:]*/root:*/' /etc/shadow > "$lab/shadow"
chmod 600 "$lab/shadow"
mount --bind "$lab/shadow" /etc/shadow
ip link set lo up
ssh-keygen -q -t ed25519 -N '' -f "$lab/key"
ssh-keygen -q -t ed25519 -N '' -f "$lab/identity"
printf '127.0.0.1 localhost\n10.99.1.6 silent\n' > "$lab/hosts"
while [ "$1" != -- ]; do
  host=${1%%=*} modules=${1#*=} number=$((number + 1))
  shift
  cat > "$lab/$host.sh" <<EOF
#!/bin/sh
export CONTAINERCHAOS_ROOT=$lab/$host/data CONTAINERCHAOS_RUN=$lab/$host/run CONTAINERCHAOS_NETWORK=none PSModulePath=$modules
exec $pwsh -NoLogo -NoProfile -sshs
EOF
  chmod +x "$lab/$host.sh"
  cat > "$lab/$host.conf" <<EOF
ListenAddress 10.99.$number.2
HostKey $lab/identity
PidFile none
AuthorizedKeysFile $lab/key.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem powershell $lab/$host.sh
EOF
  # The host's network is there before its sshd: a namespace that the program waits in, until it is told to go on.
  mkfifo "$lab/$host.go"
  # shellcheck disable=SC2016
  unshare --net sh -c 'read -r _ < "$1"; exec /usr/sbin/sshd -D -e -f "$2" 2> "$3"' sh "$lab/$host.go" "$lab/$host.conf" "$lab/$host.log" &
  echo $! > "$lab/$host.pid"
  until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
  ip link add "to-$host" type veth peer name eth0 netns $!
  ip addr add "10.99.$number.1/29" dev "to-$host"
  ip link set "to-$host" up
  nsenter --net=/proc/$!/ns/net sh -c "ip link set lo up; ip addr add 10.99.$number.2/29 dev eth0; ip link set eth0 up"
  echo > "$lab/$host.go"
  echo "10.99.$number.2 $host" >> "$lab/hosts"
done
shift
mount --bind "$lab/hosts" /etc/hosts
for log in "$lab"/*.log; do until grep -q '^Server listening' "$log"; do sleep 0.01; done; done
"$@"
