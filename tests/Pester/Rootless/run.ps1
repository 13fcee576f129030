<#
.SYNOPSIS
    Runs the suites of this folder as the ordinary user that it is started as, and writes what became of each test to FOLDER/results.json.
.PARAMETER Folder
    The user's folder: home, tmp, the module in artifacts, Pester in pester; the data and run roots go there too.
.PARAMETER Tag
    Which tests apply, comma-separated: Always, and Alone or Ranges, Undelegated or Delegated.
#>
[CmdletBinding()]
param([string] $Folder, [string] $Tag)
$ErrorActionPreference = 'Stop'
Import-Module "$Folder/pester/Pester.psd1"
# Not the roots of CONTAINERCHAOS_ROOT and _RUN: where an ordinary user's are by default is under test too.
$env:XDG_DATA_HOME = "$Folder/data"
$env:XDG_RUNTIME_DIR = "$Folder/run"
$env:CONTAINERCHAOS_SUITE = $Folder
$env:CONTAINERCHAOS_ARTIFACTS = "$Folder/artifacts"

$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Filter.Tag = $Tag -split ','
$configuration.Output.Verbosity = 'None'
$result = Invoke-Pester -Configuration $configuration
$tests = foreach ($test in $result.Tests | Where-Object ShouldRun) {
    [ordered] @{ Name = $test.ExpandedPath; Result = "$($test.Result)"; Error = ($test.ErrorRecord | Out-String).Trim() }
}
$blocks = foreach ($block in $result.FailedBlocks + $result.FailedContainers) {
    [ordered] @{ Name = "$($block.Name ?? $block.Item)"; Result = 'Failed'; Error = ($block.ErrorRecord | Out-String).Trim() }
}
ConvertTo-Json (@($tests) + @($blocks)) | Set-Content "$Folder/results.json"
