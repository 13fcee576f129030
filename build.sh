#!/usr/bin/env bash
# The door for someone who has nothing yet: finds the .NET 10 SDK and hands over to build/ContainerChaos.Build.
#   ./build.sh build|test|gameday|bench|package|clean
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH="$PATH:${DOTNET_ROOT:-$HOME/.dotnet}:/usr/share/dotnet:/usr/lib/dotnet"
if ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
  echo "build: the .NET 10 SDK is missing: https://learn.microsoft.com/dotnet/core/install/linux, or" >&2
  echo "       curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0" >&2
  exit 1
fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
driver=$root/build/ContainerChaos.Build
log=$(dotnet build "$driver" -c Release -v quiet -nologo 2>&1) || { printf '%s\n' "$log" >&2; exit 1; }
exec dotnet "$driver/bin/Release/net10.0/ContainerChaos.Build.dll" "$@"
