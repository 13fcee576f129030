#!/usr/bin/env pwsh
<#
.SYNOPSIS
  The same door as build.sh, for people in PowerShell: finds the .NET 10 SDK and hands over to build/ContainerChaos.Build.
.EXAMPLE
  ./build.ps1 -Task Test
#>
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'GameDay', 'Bench', 'Package', 'Clean')]
    [string] $Task = 'Build',

    # Passed on to the task as they are (for example --quick for Bench).
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)
$ErrorActionPreference = 'Stop'
if (-not ((dotnet --list-sdks 2>$null) -match '^10\.')) {
    throw 'The .NET 10 SDK is missing: https://learn.microsoft.com/dotnet/core/install/linux'
}
$env:DOTNET_NOLOGO = $env:DOTNET_CLI_TELEMETRY_OPTOUT = $env:MSBUILDDISABLENODEREUSE = '1'
$driver = Join-Path $PSScriptRoot build ContainerChaos.Build
$log = dotnet build $driver -c Release -v quiet -nologo 2>&1
if ($LASTEXITCODE -ne 0) { $log | Out-Host; exit 1 }
dotnet (Join-Path $driver bin Release net10.0 ContainerChaos.Build.dll) $Task.ToLowerInvariant() @Arguments
exit $LASTEXITCODE
