#!/bin/sh
# Runs run.ps1 as an ordinary user who sees lists of users of their own. Started by Rootless.Tests.ps1 with 'unshare --mount'.
#   as-user.sh FOLDER UID PESTER ARTIFACTS TESTS
# FOLDER is the user's; passwd, subuid and subgid in it, where they are there, take the place of the host's, for this process only.
set -e
folder=$1 uid=$2
mount --make-rprivate /
# What is run may lie where only root may go.
mount --bind "$3" "$folder/pester"
mount --bind "$4" "$folder/artifacts"
mount --bind "$5" "$folder/tests"
for list in passwd subuid subgid; do
    if [ -e "$folder/$list" ]; then mount --bind "$folder/$list" "/etc/$list"; fi
done
if [ -n "$SHELL_GROUP" ]; then echo $$ > "$SHELL_GROUP/cgroup.procs"; fi
cd "$folder"
exec env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 HOME="$folder/home" TMPDIR="$folder/tmp" \
    POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off CONTAINERCHAOS_CGROUP="$CONTAINERCHAOS_CGROUP" \
    setpriv --reuid "$uid" --regid "$uid" --clear-groups --inh-caps=-all \
    "$POWERSHELL" -NoProfile -NonInteractive -File "$folder/tests/Rootless/run.ps1" -Folder "$folder" -Tag "$TAGS"
